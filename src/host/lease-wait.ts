import type { Reporter } from '../release/report'
import { Trouble } from '../release/trouble'
import type { TakeAnswer } from './lease'

type Held = Extract<TakeAnswer, { kind: 'held' }>
type Taken = Extract<TakeAnswer, { kind: 'taken' }>
type Take = () => Promise<TakeAnswer>

interface Waiting {
  readonly base: string
  readonly reporter: Reporter
  readonly wait: (ms: number) => Promise<void>
  /** Milliseconds to wait for a run that is alive and at work. */
  readonly patience: number
}

/** Of a lock that somebody holds: each waits two seconds for it. */
const mostTries = 30

/**
 * Takes the lease of a host, and waits where that is worth it. A holder that is gone lets its lease run out, so that is
 * waited for; one that renews it is alive, and is waited for with patience only.
 *
 * @param take asks the host once
 * @returns the fencing token
 * @throws {LeaseHeld} naming the holder and its run.
 * @throws {Trouble} when somebody who is no program of ours keeps the lock for a minute.
 */
export async function waitForLease(name: string, take: Take, waiting: Waiting): Promise<number> {
  const first = await takeWhileBusy(name, take, waiting)
  const answer = first.kind === 'held' ? await takeAfter(first, name, take, waiting) : first
  if (answer.kind === 'held') throw new LeaseHeld(name, answer)
  return answer.token
}

/**
 * A program of an ended run may still be at work (that is how a migration is never cut in half): let it end, for it has
 * an end. Nobody knows how long a person will be.
 */
async function takeWhileBusy(name: string, take: Take, { base, reporter }: Waiting): Promise<Held | Taken> {
  let told: string | undefined
  for (let tries = 0; tries < mostTries; ) {
    const answer = await take()
    if (answer.kind !== 'busy') return answer
    if (answer.by !== told)
      reporter.info(`${name}: waiting for ${answer.by || 'somebody who holds its lock'}`)
    told = answer.by
    tries = told === '' ? tries + 1 : 0
  }
  throw new Trouble(
    name,
    `somebody who is no program of ours has held ${base}/lease.lock for a minute: perhaps a person who works there.`,
    'Run this again when they are done; `lslocks` on the server shows whose process it is.',
  )
}

async function takeAfter(held: Held, name: string, take: Take, waiting: Waiting): Promise<Held | Taken> {
  const { reporter, wait, patience } = waiting
  reporter.info(
    `${name}: the lease is held by ${held.owner} (${held.url}) for ${held.expires - held.now} s more; waiting whether it renews it`,
  )
  let isAlive = false
  for (let waited = 1000; ; waited += 1000) {
    await wait(1000)
    const answer = await takeWhileBusy(name, take, waiting)
    if (answer.kind === 'taken') return answer
    if (!isAlive && answer.expires === held.expires) continue
    if (waited > patience) return answer
    if (!isAlive)
      reporter.warning(
        `${name}: waiting, for ${patience / 60_000} min at most, for another run that is at work there. To go on sooner, cancel it: ${answer.url}`,
      )
    isAlive = true
  }
}

/** Another run is alive and at work on the host. */
export class LeaseHeld extends Trouble {
  constructor(host: string, { owner, url, since, now }: Extract<TakeAnswer, { kind: 'held' }>) {
    const minutes = Math.max(0, Math.round((now - since) / 60))
    super(
      host,
      `another run is at work there: ${owner} took the lease ${minutes} min ago and goes on renewing it (${url}).`,
      'Wait until that run ends, or cancel it, then run this again.',
    )
    this.name = 'LeaseHeld'
  }
}
