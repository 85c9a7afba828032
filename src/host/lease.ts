import { Trouble } from '../release/trouble'
import type { Connection, Conversation } from './connection'
import { countOf, fieldsOf, textOf } from './fact'
import { type HostFacts, readFacts } from './facts'
import { factsLibrary, leaseLibrary, prelude } from './libraries'
import { call, renderProgram } from './program'
import { parseLine } from './records'

/** Who asks for the lease. `id` is `RUN/ATTEMPT/JOB`. */
export interface LeaseOwner {
  readonly id: string
  readonly url: string
}

/** Seconds of the host's clock a lease lasts after its last renewal, and how often the runner renews it. */
export const leaseSeconds = 45
const renewalMs = 15_000

export type TakeAnswer =
  | { readonly kind: 'taken'; readonly token: number }
  | {
      readonly kind: 'held'
      readonly owner: string
      readonly url: string
      readonly since: number
      readonly expires: number
      readonly now: number
    }
  /** `by` is the program of ours that works there; empty where somebody else holds its lock. */
  | { readonly kind: 'busy'; readonly by: string }

/**
 * The one channel that stays open: it tells the host's facts, takes the lease, renews it and frees it. Closing it
 * frees nothing.
 */
export class LeaseChannel {
  private renewal: NodeJS.Timeout | undefined
  private readonly lines: AsyncIterator<string>

  private constructor(
    private readonly host: string,
    private readonly nonce: string,
    private readonly conversation: Conversation,
  ) {
    this.lines = conversation.lines[Symbol.asyncIterator]()
  }

  /** @throws {Trouble} when the host was never set up. */
  static async open(
    connection: Connection,
    options: {
      app: string
      base: string
      owner: LeaseOwner
      nonce: string
      runtimeLibrary: string
      token: number
    },
  ): Promise<{ channel: LeaseChannel; facts: HostFacts }> {
    const { app, base, owner, nonce } = options
    const program = renderProgram(
      [prelude, leaseLibrary, factsLibrary, options.runtimeLibrary],
      [
        call(
          'lease_serve',
          nonce,
          base,
          owner.id,
          owner.url,
          String(leaseSeconds),
          String(options.token),
          app,
        ),
      ],
    )
    const channel = new LeaseChannel(connection.name, nonce, await connection.converse(program))
    const facts = await channel.readFacts()
    if (options.token > 0) channel.startRenewing()
    return { channel, facts }
  }

  /** The facts as they are now. */
  async refresh(): Promise<HostFacts> {
    this.conversation.send('facts')
    return this.readFacts()
  }

  /** Of the facts, those that a deploy itself changes; the others are `before`'s. */
  async refreshState(before: HostFacts): Promise<HostFacts> {
    this.conversation.send('state')
    const { live, releases, present, history } = await this.readFacts()
    return { ...before, live, releases, present, history }
  }

  /** Asks once. Renewals begin when it was given. */
  async take(): Promise<TakeAnswer> {
    const { name, value } = await this.ask('take', ['taken', 'held', 'busy'])
    if (name === 'taken') {
      const token = countOf(value)
      if (token === undefined)
        throw new Trouble(this.host, 'gave the lease without its token.', 'Look at lease.json there.')
      this.startRenewing()
      return { kind: 'taken', token }
    }
    if (name === 'busy') return { kind: 'busy', by: textOf(value) }
    return { kind: 'held', ...readHolder(value) }
  }

  private startRenewing(): void {
    clearInterval(this.renewal)
    this.renewal = setInterval(() => this.conversation.send('renew'), renewalMs)
    this.renewal.unref()
  }

  /** Frees the lease. `busy` means that a program of this run still works on the host and keeps it. */
  async release(): Promise<'done' | 'busy' | 'lost' | 'not-held'> {
    clearInterval(this.renewal)
    const { value } = await this.ask('release', ['release'])
    return value as 'done'
  }

  /**
   * Frees what this owner still holds, whoever of its programs took it: `drop` for the `post` step, `settle` for a job
   * whose earlier attempt was ended without one.
   */
  async drop(command: 'drop' | 'settle'): Promise<'done' | 'busy' | 'lost' | 'not-held'> {
    const { value } = await this.ask(command, ['release'])
    return value as 'done'
  }

  close(): void {
    clearInterval(this.renewal)
    this.conversation.end()
  }

  private async ask(command: string, answers: readonly string[]): Promise<{ name: string; value: unknown }> {
    this.conversation.send(command)
    for (;;) {
      const fact = await this.nextFact()
      if (answers.includes(fact.name)) return fact
    }
  }

  private async readFacts(): Promise<HostFacts> {
    const asked = Date.now()
    const seen: { name: string; value: unknown }[] = []
    for (;;) {
      const fact = await this.nextFact()
      if (fact.name === 'ready') return readFacts(seen, asked, Date.now())
      seen.push(fact)
    }
  }

  private async nextFact(): Promise<{ name: string; value: unknown }> {
    const noise: string[] = []
    for (;;) {
      const { value, done } = await this.lines.next()
      if (done) {
        // Where the connection is gone, this says so.
        await this.conversation.exit
        throw new Trouble(
          this.host,
          'closed the channel before it answered.',
          'See what it printed; is /bin/sh a POSIX shell there?',
          noise,
        )
      }
      const line = parseLine(this.nonce, value)
      if (line.kind === 'text') {
        if (line.text && noise.length < 50) noise.push(line.text)
      } else if (line.record.k === 'fact') return line.record
      else if (line.record.k === 'fail') throw notReady(this.host, line.record)
    }
  }
}

function notReady(host: string, { code, message }: { code: string; message: string }): Trouble {
  return new Trouble(
    host,
    `is not ready: ${message}.`,
    code === 'other-app'
      ? 'Give each app on a host a `base` of its own in kawasemi.yml and run setup-host for it. If the app was renamed, remove the file `app` in that folder once nothing of the old name runs.'
      : 'Run setup-host for this environment once; see docs/setup-host.md.',
  )
}

function readHolder(value: unknown): {
  owner: string
  url: string
  since: number
  expires: number
  now: number
} {
  const fields = fieldsOf(value)
  const seconds = (name: string) => countOf(fields[name]) ?? 0
  return {
    owner: textOf(fields.owner),
    url: textOf(fields.url),
    since: seconds('since'),
    expires: seconds('expires'),
    now: seconds('now'),
  }
}
