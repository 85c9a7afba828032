import { request } from 'undici'
import { until } from '../../lab/run'
import { makeTinySite, type TinySite } from './support/tiny-site'

jest.setTimeout(20 * 60_000)

/*
 * The power fails at the edges of a deploy's stages, and with it goes the run. Afterwards the site answers by itself,
 * from the slot that `live` names, and the next attempt goes on and ends green.
 */

let site: TinySite

beforeAll(async () => {
  // Long enough that the bake goes on when the power fails after the switch.
  site = await makeTinySite('reboot', { 'bake.duration': '8s', 'drain.timeout': '1s' })
})
afterAll(() => site?.remove())

async function ask(): Promise<{ status: number; place: string }> {
  const { statusCode, body } = await request(`http://127.0.0.1:${site.server.httpPort}/`, {
    headers: { host: 'tiny.example' },
  })
  const text = await body.text()
  if (statusCode !== 200) return { status: statusCode, place: '' }
  const { slot, release } = JSON.parse(text) as { slot: string; release: string }
  return { status: statusCode, place: `${slot} ${release}` }
}

/** Waits until the site answers; whoever answers before that has to be the live slot too. */
async function answersByItself(): Promise<string> {
  const { slot, release } = await site.live()
  let answer = await ask()
  const look = async () => {
    answer = await ask()
    if (answer.status === 200) expect(answer.place).toBe(`${slot} ${release}`)
    return answer.status === 200
  }
  await until(look, 90, () => `The site answers ${answer.status} after the power came back.`)
  return release
}

test('after a power cut at any edge the site answers by itself, and the next attempt goes on', async () => {
  const cuts = ['ship', 'backup', 'migrate', 'start', 'gate', 'switch', 'bake']
  const table: string[] = []
  for (const [at, stage] of cuts.entries()) {
    const from = performance.now()
    const { signal, log } = await site.deploy(3, at + 1, (line, { kill }) => {
      if (line === `${stage} ✓`) kill('SIGKILL')
    })
    if (signal !== 'SIGKILL') throw new Error(`the stage ${stage} did not end:\n${log}`)
    await site.server.reboot({ powerCut: true })
    const release = await answersByItself()
    expect(release).toBe(['switch', 'bake'].includes(stage) ? 'v3-3' : 'v2-2')
    table.push(
      `${stage.padEnd(8)} ${((performance.now() - from) / 1000).toFixed(1)} s until ${release} answers`,
    )
  }
  const end = await site.deploy(3, cuts.length + 1)
  if (end.code !== 0) throw new Error(end.log)
  // What was done before the power failed is not done again, and what it cut off is.
  const events = await site.events('v3-3')
  for (const once of ['shipped', 'backed-up', 'migrated'])
    expect([once, events.filter((event) => event === once).length]).toEqual([once, 1])
  expect(events.at(-1)).toBe('finished')
  expect(await answersByItself()).toBe('v3-3')
  console.log(table.join('\n'))
})

test('where nothing says which slot is live, nobody guesses', async () => {
  await site.must('mv /srv/tiny/live /srv/tiny/live.gone')
  expect((await ask()).status).toBe(503)
  await site.must('ln -s slots/red /srv/tiny/live')
  expect((await ask()).status).toBe(503)
  await site.must('mv -T /srv/tiny/live.gone /srv/tiny/live')
  expect((await ask()).status).toBe(200)
})
