import type { Config, WebService } from '../config/schema'
import { call } from '../host/program'
import type { HostSession } from '../host/session'
import { describeAnswer } from '../probes/answer'
import { judge } from '../probes/expectation'
import { probe } from '../probes/http'
import { type Look, type PollOutcome, type PollPlan, pollUntil } from '../probes/poll'
import { eventFields } from '../release/ledger'
import type { Release } from '../release/release'
import type { Slot } from '../release/slot'
import { Trouble } from '../release/trouble'
import { type Deploy, on, onHosts, runStage } from './deploy'

/** Probes in a row that have to fail during a bake before they speak against a release. */
const failuresInBake = 3

/**
 * Probes every web service of the release in its slot, on every host. It is let through when all are healthy in time;
 * else the last answers and the logs are shown and it is taken down everywhere.
 */
export async function gate(deploy: Deploy, release: Release): Promise<void> {
  const failures = await onHosts(deploy, (host) =>
    probeSlot(deploy, host, on(host, release).slot, deploy.config.gate),
  )
  if (failures.some((each) => each.length > 0)) return takeDown(deploy, release, failures)
  await onHosts(deploy, (host) =>
    runStage(
      host,
      {
        stage: 'gate',
        libraries: [],
        calls: [call('ledger', eventFields('gated', release.id, { slot: on(host, release).slot }))],
      },
      'Run this again.',
    ),
  )
}

/** One healthy look at each service: enough for a release that was healthy before and is still running. */
export async function isWarm(deploy: Deploy, host: HostSession, slot: Slot): Promise<boolean> {
  const { interval, timeout } = deploy.config.gate
  const failures = await probeSlot(deploy, host, slot, { deadline: timeout, interval, successes: 1 })
  return failures.length === 0
}

/**
 * The gate of an earlier job says nothing of now: the host may have been started anew since, or somebody stopped it.
 *
 * @throws {Trouble} when a host's release does not answer as its gate saw it do.
 */
export async function requireWarm(deploy: Deploy, release: Release): Promise<void> {
  await onHosts(deploy, async (host) => {
    if (await isWarm(deploy, host, on(host, release).slot)) return
    throw new Trouble(
      host.name,
      `${release.id} passed its gate, but is not healthy now. Traffic was not touched.`,
      'Run the job with health-gate again, then this one.',
    )
  })
}

interface GateFailure {
  readonly service: string
  readonly outcome: PollOutcome
}

async function probeSlot(
  deploy: Deploy,
  host: HostSession,
  slot: Slot,
  plan: PollPlan,
): Promise<GateFailure[]> {
  const outcomes = await Promise.all(
    webServices(deploy.config).map(async ([service, settings]) => {
      const outcome = await pollUntil((left) => look(deploy, host, settings, slot, left), plan)
      return { service, outcome }
    }),
  )
  return outcomes.filter(({ outcome }) => !outcome.healthy)
}

export function webServices(config: Config): [string, WebService][] {
  return Object.entries(config.services).flatMap(([name, service]) =>
    service.role === 'web' ? [[name, service]] : [],
  )
}

async function look(
  { config, signal }: Deploy,
  host: HostSession,
  service: WebService,
  slot: Slot,
  left: number,
): Promise<Look> {
  signal.throwIfAborted()
  const request = {
    host: config.proxy?.domains[0] ?? 'localhost',
    path: service.health.path,
    timeout: Math.min(left, config.gate.timeout),
  }
  const answer = await probe(request, () => host.dial(service.slots[slot]))
  return { answer, unmet: judge(answer, service.health) }
}

/**
 * Stops a release that is not let through, on every host.
 *
 * @returns what its services logged last, in the order of the hosts
 */
export function stopIdle(
  deploy: Deploy,
  release: Release,
  why: string,
): Promise<readonly (readonly string[])[]> {
  const { runtime } = deploy
  return onHosts(deploy, async (host) => {
    const { slot } = on(host, release)
    const { printed } = await runStage(
      host,
      {
        stage: 'gate',
        libraries: [runtime.library],
        calls: [
          ...runtime.logs(slot, 40),
          ...runtime.stop(slot),
          call('ledger', eventFields('gate-failed', release.id, { slot, why })),
        ],
      },
      'The release was not let through, but it could not be stopped either; the live slot was not touched.',
    )
    return printed
  })
}

/** @param failures of each host, in the order of the hosts */
async function takeDown(
  deploy: Deploy,
  release: Release,
  failures: readonly (readonly GateFailure[])[],
): Promise<never> {
  const { hosts } = deploy
  const why = hosts
    .flatMap(({ name }, index) => {
      const where = hosts.length > 1 ? `${name}: ` : ''
      return failures[index]!.map(
        ({ service, outcome }) => `${where}${service}: ${outcome.lastAnswers.at(-1)?.unmet ?? 'no answer'}`,
      )
    })
    .join('; ')
  const printed = await stopIdle(deploy, release, why)
  const details = hosts.map((host, index) => {
    const failed = failures[index]!
    // Of a host that is well the logs say nothing.
    if (failed.length === 0) return []
    const lines = [...failed.flatMap(describeFailure), ...printed[index]!]
    return hosts.length > 1 ? lines.map((line) => `${host.name}: ${line}`) : lines
  })
  const { waited, attempts } = failures.flat()[0]!.outcome
  throw new Trouble(
    `Gate of ${release.version}`,
    `${why} (${attempts} probes in ${Math.round(waited / 1000)} s). It was taken down again; traffic was not touched.`,
    'Mend the app and deploy again. If it only needs longer to start, raise `gate.deadline` in kawasemi.yml.',
    details.flat(),
  )
}

function describeFailure({ service, outcome }: GateFailure): string[] {
  return outcome.lastAnswers.map(
    ({ answer, after }) => `${service}, after ${(after / 1000).toFixed(1)} s: ${describeAnswer(answer)}`,
  )
}

export interface Watch {
  /** Resolves with the reason when a service failed several probes in a row; else never. */
  readonly trouble: Promise<string>
  stop(): void
}

/** Probes the live release for as long as its bake lasts. */
export function watchProbes(deploy: Deploy, release: Release): Watch {
  let stopped = false
  const { config, clock, hosts } = deploy
  const watchOne = async (host: HostSession, name: string, service: WebService): Promise<string> => {
    for (let failures = 0; !stopped; ) {
      const { unmet } = await look(deploy, host, service, on(host, release).slot, config.gate.timeout)
      // Over a lost connection nothing is known.
      failures = unmet === undefined || !host.isConnected ? 0 : failures + 1
      if (failures >= failuresInBake && !stopped) return `${name}: ${unmet}, ${failures} times in a row`
      await clock.wait(config.gate.interval)
    }
    return new Promise(() => undefined)
  }
  const all = hosts.flatMap((host) =>
    webServices(config).map(([name, service]) => watchOne(host, name, service)),
  )
  const trouble = Promise.race(all)
  trouble.catch(() => undefined)
  return {
    trouble,
    stop: () => {
      stopped = true
    },
  }
}
