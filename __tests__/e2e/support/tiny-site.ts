import type { Answer, LoadReport } from '../../../bench/load'
import { startLoad } from '../../../bench/load'
import { until } from '../../../lab/run'
import type { ActionResult, ActionRun, RunningAction } from '../../../lab/runner'
import { type LabServer, startServer } from '../../../lab/server'
import { checkOutTiny, tinyImages } from '../products/tiny'

const base = '/srv/tiny'

/** A version in a slot, such as `blue/v3`. */
type Place = string

/** The tiny product on a server of its own, with a few visitors who look at whose answers they get. */
export interface TinySite {
  readonly server: LabServer
  /** Starts a deploy of version `vRUN`. */
  deploy(run: number, attempt?: number, onLine?: OnLine): Promise<ActionResult>
  /** Starts another action, or one that gets more. */
  run(action: string, run: number, more: More): Promise<ActionResult>
  /** The live link, and the release that its slot holds. */
  live(): Promise<{ slot: string; release: string }>
  /** Events of a release, in order. */
  events(release: string): Promise<string[]>
  /** Runs a program on the server as root. @throws when it fails. */
  must(program: string): Promise<string>
  visitors: Visitors
  remove(): Promise<void>
}

/** Gets the lines by which an action says how far it is. */
export type OnLine = (line: string, action: Pick<RunningAction, 'kill' | 'done'>) => void

export type More = Partial<Pick<ActionRun, 'attempt' | 'inputs' | 'env' | 'state'>> & { onLine?: OnLine }

export interface Visitors {
  /** Whose answers are right from now on. Everything else, and everything that is no answer, is a failure. */
  expect(places: readonly Place[]): void
  /** Lets a switch to another place come at any time now, as far as the visitors know. */
  alsoExpect(place: Place): void
  /** Waits until each visitor has been answered once more. */
  round(): Promise<void>
  report(): LoadReport
}

/** Starts a server with the product deployed as v1 and then v2, so that both slots were in use. */
export async function makeTinySite(name: string, settings: Record<string, unknown>): Promise<TinySite> {
  const server = await startServer({ name, images: tinyImages })
  const product = checkOutTiny({ server, settings })
  const must: TinySite['must'] = async (program) => {
    const { code, stdout, stderr } = await server.exec(program)
    if (code !== 0) throw new Error(`${program}\nended with ${code}: ${stdout}${stderr}`)
    return stdout.trim()
  }
  const start: TinySite['run'] = (name, run, { onLine, ...more }) => {
    const lineName = lineNames()
    const action = product.start(name, run, {
      ...more,
      onLine: (line) => {
        const named = lineName(line)
        if (named !== undefined) onLine?.(named, action)
      },
    })
    return action.done
  }
  const deploy: TinySite['deploy'] = (run, attempt = 1, onLine) =>
    start('deploy', run, { attempt, inputs: { version: `v${run}` }, ...(onLine && { onLine }) })
  try {
    await product.setUp()
    for (const run of [1, 2]) {
      const { code, log } = await deploy(run)
      if (code !== 0) throw new Error(`The deploy of v${run} failed:\n${log}`)
    }
    const { visitors, stop } = startVisitors(server)
    return {
      server,
      deploy,
      run: start,
      live: async () => {
        const [slot = '', release = ''] = (
          await must(`readlink ${base}/live && readlink ${base}/live/release`)
        ).split('\n')
        return { slot: slot.replace('slots/', ''), release: release.replace('../../releases/', '') }
      },
      events: async (release) =>
        (await must(`cat ${base}/ledger.jsonl`)).split('\n').flatMap((line) => {
          const fields = parsed(line)
          return fields?.release === release ? [String(fields.event)] : []
        }),
      must,
      visitors,
      remove: async () => {
        await stop()
        product.remove()
        await server.stop()
      },
    }
  } catch (error) {
    product.remove()
    await server.stop()
    throw error
  }
}

function parsed(line: string): { event?: unknown; release?: unknown } | undefined {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Four of them, forty requests a second, every second one a POST. */
function startVisitors(server: LabServer): { visitors: Visitors; stop: () => Promise<unknown> } {
  let right: Place[] = ['green/v2']
  const check = ({ status, body }: Answer) => {
    if (status !== 200) return `status ${status}`
    const { slot, version } = JSON.parse(body) as { slot: string; version: string }
    return right.includes(`${slot}/${version}`) ? undefined : `${slot}/${version} answers instead of ${right}`
  }
  const load = startLoad({
    origins: [`http://127.0.0.1:${server.httpPort}`],
    hostHeader: 'tiny.example',
    connections: 4,
    perSecond: 40,
    requests: [
      { method: 'GET', path: '/', check },
      { method: 'POST', path: '/', body: '"from a visitor"', check },
    ],
  })
  return {
    stop: () => load.stop(),
    visitors: {
      expect: (places) => {
        right = [...places]
      },
      alsoExpect: (place) => {
        right.push(place)
      },
      round: async () => {
        const enough = load.requests + 8
        await until(
          async () => load.requests >= enough,
          60,
          () => 'The visitors have come to a standstill.',
        )
      },
      report: () => load.snapshot(),
    },
  }
}

/** Names the lines of a deploy's log that stand for records: `ship`, `ship: files …`, `ship: files ✓`, `ship ✓`. */
function lineNames(): (line: string) => string | undefined {
  let stage = ''
  return (line) => {
    const begins = /^::group::(\w+)$/.exec(line)
    if (begins) {
      stage = begins[1]!
      return stage
    }
    const ends = /^[✓–✗] (\w+) /.exec(line)
    if (ends) return `${ends[1]} ${line[0]}`
    const step = /^ {2}\S+@\S+: (.+) (…|[\d.]+ m?s)$/.exec(line)
    return step ? `${stage}: ${step[1]} ${step[2] === '…' ? '…' : '✓'}` : undefined
  }
}
