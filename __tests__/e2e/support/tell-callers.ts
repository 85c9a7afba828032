import { request } from 'undici'
import { commit } from '../../../lab/workflow'
import { type Callers, type CallersCast, expectGreenRun, startCallers, workflowTest } from './callers'

export interface ToldCast extends CallersCast {
  /** Header in which the app names its version; where it has none, the release that is live is asked for its own. */
  readonly versionHeader?: string
  /** Makes the checkout that of a version. Gives the app's variables where they differ with it. */
  edit(version: string): Record<string, string> | undefined
  /** The environment that a push deploys to, and its domain, where it is not production. */
  readonly pushedTo?: { readonly environment: string; readonly domain: string }
}

/**
 * A product's own workflows, run for it as it is after its life: a push, a tag, a rollback by default and one by version.
 * Registers its tests; each goes on where the one before it stopped.
 *
 * @returns the callers, for tests that come after
 */
export function tellCallers(cast: () => ToldCast): () => Callers {
  let callers: Callers

  beforeAll(async () => {
    callers = await startCallers(cast())
  }, 600_000)
  afterAll(() => callers?.close())

  const whoAnswers = async (domain = cast().domain): Promise<unknown> => {
    const { product, health, headers, versionHeader } = cast()
    const { server } = product
    if (versionHeader === undefined) {
      const { stdout } = await server.exec(
        `curl -sf -H 'Host: ${domain}' http://127.0.0.1/.well-known/kawasemi`,
      )
      return (JSON.parse(stdout) as { version: string }).version
    }
    const answer = await request(`http://127.0.0.1:${server.httpPort}${health}`, {
      reset: true,
      headers: { ...headers, host: domain },
    })
    await answer.body.dump()
    return answer.headers[versionHeader]
  }
  /** @returns what then says which version answers */
  const pushed = async (version: string, tag?: string) => {
    const env = cast().edit(version)
    if (env) callers.setEnv(env)
    const deployed = await commit(cast().product.workspace, tag)
    return cast().versionHeader === undefined ? deployed : version
  }
  const deployment = (environment = 'production', task = 'deploy') => [
    `${task} to ${environment}`,
    'in_progress',
    'success',
  ]
  const rollback = async (id: number, to: string) => {
    const inputs = { environment: 'production', to, reason: 'a drill' }
    const result = await callers.run(id, 'rollback', inputs)
    expectGreenRun(result)
    expect(callers.records()).toEqual(deployment('production', 'rollback'))
    return result.log
  }

  workflowTest('a push deploys', async () => {
    const version = await pushed('w1')
    expectGreenRun(await callers.run(301, 'deploy'))
    const { environment, domain } = cast().pushedTo ?? { environment: 'production', domain: cast().domain }
    expect(await whoAnswers(domain)).toBe(version)
    expect(callers.records()).toEqual(deployment(environment))
  })

  workflowTest('a tag is released, with notes', async () => {
    await pushed('w2', 'w2')
    const result = await callers.run(302, 'release')
    expectGreenRun(result)
    expect(result.jobs).toMatchObject({ build: 'succeeded', production: 'succeeded', notes: 'succeeded' })
    expect(await whoAnswers()).toBe('w2')
    const staging = cast().pushedTo
    expect(callers.records()).toEqual([...(staging ? deployment(staging.environment) : []), ...deployment()])
    const notes = callers.github.calls.find(({ path }) => path.endsWith('/releases'))
    expect(notes?.body).toMatchObject({ tag_name: 'w2' })
  })

  workflowTest(
    'a rollback goes to the last good one by default, and to a version that is named',
    async () => {
      expect(await rollback(303, '')).toMatch(/A rollback would go from w2 to /)
      expect(await whoAnswers()).not.toBe('w2')
      expect(await rollback(304, 'w2')).toMatch(/to w2-302/)
      expect(await whoAnswers()).toBe('w2')
    },
  )

  return () => callers
}
