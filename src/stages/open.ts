import type { Config } from '../config/schema'
import { loginOf, type SshSecrets, waysTo } from '../host/jump'
import type { LeaseOwner } from '../host/lease'
import { HostSession } from '../host/session'
import type { DeployReport } from '../release/deploy-report'
import type { Release } from '../release/release'
import type { Reporter } from '../release/report'
import { runtimeOf } from '../runtimes/kinds'
import { converge } from './converge'
import { type Clock, type Deploy, openAll } from './deploy'
import { liveRelease, reportLive } from './live'

export interface OpenRequest {
  readonly config: Config
  readonly ssh: SshSecrets
  readonly owner: LeaseOwner
  readonly reporter: Reporter
  readonly report: DeployReport
  readonly signal: AbortSignal
  readonly clock: Clock
}

/** Connects to every host of the environment and reads what it says of itself. Nothing is changed there. */
export async function open(request: OpenRequest): Promise<Deploy> {
  const { config, ssh, owner, reporter, report, signal, clock } = request
  const runtime = runtimeOf(config)
  const ways = waysTo(config.hosts, loginOf(ssh, signal))
  const hosts = await openAll(
    ways.map((way) =>
      HostSession.open({
        ssh: way,
        app: config.app,
        base: config.base,
        owner,
        runtimeLibrary: runtime.library,
        reporter,
        wait: clock.wait,
      }),
    ),
  )
  const deploy = { config, hosts, runtime, reporter, report, signal, clock }
  describe(deploy)
  return deploy
}

/**
 * Takes the lease on every host, or on none; what an earlier run left half switched is brought together.
 *
 * @param patience milliseconds to wait for a run that is alive and at work
 * @returns the release that was taken back for that, where one was.
 */
export async function take(deploy: Deploy, patience = 0): Promise<Release | undefined> {
  const taken: HostSession[] = []
  try {
    for (const host of deploy.hosts) {
      await host.take(patience)
      taken.push(host)
    }
  } catch (error) {
    await Promise.all(taken.map((host) => host.release()))
    throw error
  }
  const undone = await converge(deploy)
  describe(deploy)
  return undone
}

/**
 * Frees the lease. Never throws: whatever was done is done, and a lease that stays runs out by itself. A cancel has ended
 * the connections; then the end of the job frees it.
 */
export async function release(deploy: Deploy): Promise<void> {
  if (deploy.signal.aborted) return
  for (const host of deploy.hosts) {
    await host
      .release()
      .catch((error) =>
        deploy.reporter.info(`${host.name}: the lease was not freed and will run out: ${error.message}`),
      )
  }
}

/** For a job's end: frees what this run still holds, whichever of its steps took it. */
export function drop(deploy: Deploy): Promise<void> {
  return free(deploy, 'drop')
}

/** Where nothing is left to do: frees what an earlier attempt of this job held when it was ended. */
export function settle(deploy: Deploy): Promise<void> {
  return free(deploy, 'settle')
}

async function free(deploy: Deploy, command: 'drop' | 'settle'): Promise<void> {
  for (const host of deploy.hosts) {
    const answer = await host.drop(command)
    if (answer === 'busy') {
      deploy.reporter.warning(
        `${host.name}: a program of this run still works there, and frees the lease when it ends.`,
      )
    }
  }
}

export async function close(deploy: Deploy): Promise<void> {
  await Promise.all(deploy.hosts.map((host) => host.close().catch(() => undefined)))
}

function describe(deploy: Deploy): void {
  const { config, hosts, report } = deploy
  report.app = config.app
  report.environment = config.environment
  report.hosts = hosts.map(({ name }) => name)
  const live = liveRelease(hosts[0]!)
  if (live && report.from === undefined) {
    report.from = live.version
    report.fromCommit = live.commit
  }
  reportLive(deploy)
}
