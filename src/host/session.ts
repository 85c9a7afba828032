import { randomBytes } from 'node:crypto'
import type { Reporter } from '../release/report'
import { type Connection, ConnectionLost, type ConnectionOptions, connect } from './connection'
import type { HostFacts } from './facts'
import { LeaseChannel, type LeaseOwner, leaseSeconds } from './lease'
import { waitForLease } from './lease-wait'
import { detachLibrary, factsLibrary, leaseLibrary, prelude, stageLibrary } from './libraries'
import { type Call, call, renderProgram } from './program'
import { type Outcome, Reading } from './reading'

export { LeaseHeld } from './lease-wait'
export { HostFailure, type Outcome } from './reading'

export interface SessionOptions {
  readonly app: string
  readonly ssh: ConnectionOptions
  readonly base: string
  readonly owner: LeaseOwner
  /** The runtime's shell functions, for facts and stages. */
  readonly runtimeLibrary: string
  readonly reporter: Reporter
  /** Lets tests and commands wait without a real clock. */
  readonly wait: (ms: number) => Promise<void>
}

/** A stage as a program: what runs between `stage_begin` and its end, with the shell functions it needs. */
export interface StageProgram {
  readonly stage: string
  readonly libraries: readonly string[]
  readonly calls: readonly Call[]
}

/** What the runner has to say to a fact of a program that it feeds. */
export type Answer = (name: string, value: unknown) => AsyncIterable<Buffer> | undefined

const reconnections = 5

/** One host for the whole life of an action: one connection, the lease's channel, and one channel per stage. */
export class HostSession {
  token = 0
  private runs = 0
  private reconnecting: Promise<void> | undefined

  private constructor(
    private connection: Connection,
    private lease: LeaseChannel,
    private readonly options: SessionOptions,
    private readonly nonce: string,
    public facts: HostFacts,
  ) {}

  static async open(options: SessionOptions): Promise<HostSession> {
    const nonce = randomBytes(12).toString('hex')
    const { connection, channel, facts } = await join(options, nonce, 0)
    return new HostSession(connection, channel, options, nonce, facts)
  }

  get name(): string {
    return this.connection.name
  }

  /** Who this run is: `RUN/ATTEMPT/JOB`. */
  get owner(): string {
    return this.options.owner.id
  }

  get base(): string {
    return this.options.base
  }

  get traffic(): Connection['traffic'] {
    return this.connection.traffic
  }

  /** Whether the host can be asked now. */
  get isConnected(): boolean {
    return this.connection.lost === undefined
  }

  /** A stream to the host's own loopback. */
  dial(port: number): ReturnType<Connection['dial']> {
    return this.lasting((connection) => connection.dial(port))
  }

  listen(...args: Parameters<Connection['listen']>): ReturnType<Connection['listen']> {
    return this.connection.listen(...args)
  }

  /**
   * Takes the lease, then reads the facts anew.
   *
   * @param patience milliseconds to wait for a run that is alive and at work
   * @throws {Trouble} as `waitForLease` does.
   */
  async take(patience = 0): Promise<void> {
    const take = () => this.lasting(() => this.lease.take())
    this.token = await waitForLease(this.name, take, { ...this.options, patience })
    this.facts = await this.lasting(() => this.lease.refresh())
  }

  /** Reads anew what a deploy itself changes. */
  async refresh(): Promise<HostFacts> {
    this.facts = await this.lasting(() => this.lease.refreshState(this.facts))
    return this.facts
  }

  async release(): Promise<void> {
    if (this.token === 0) return
    const answer = await this.lasting(() => this.lease.release())
    if (answer === 'busy')
      this.options.reporter.warning(
        `${this.name}: a program of this run still works there and keeps the lease until it ends`,
      )
    this.token = 0
  }

  drop(command: 'drop' | 'settle'): ReturnType<LeaseChannel['drop']> {
    return this.lease.drop(command)
  }

  /**
   * Runs a program that changes nothing, so it needs no lease and waits for nobody.
   *
   * @throws {HostFailure} when it does not end well.
   */
  ask(libraries: readonly string[], calls: readonly Call[]): Promise<Outcome> {
    const { app, base } = this.options
    return this.follow(
      renderProgram(
        [prelude, factsLibrary, ...libraries],
        [call('ask_begin', this.nonce, base, app), ...calls],
      ),
    )
  }

  /** The folder under runs/ of a program that is about to start; no other program has it, whatever became of tokens. */
  private newRun(stage: string): string {
    this.runs += 1
    return `${this.token}-${this.runs}-${stage}-${randomBytes(4).toString('hex')}`
  }

  /**
   * Runs a stage's program under the host's flock, apart from the connection: when that drops, it goes on, and is
   * followed again.
   *
   * @throws {HostFailure} when the program says why it failed.
   */
  async run(program: StageProgram): Promise<Outcome> {
    const { base } = this.options
    const run = this.newRun(program.stage)
    const text = renderProgram(
      [prelude, detachLibrary, leaseLibrary, stageLibrary, ...program.libraries],
      [this.begin('stage_begin', run, program.stage), ...program.calls],
    )
    return this.follow(
      renderProgram([detachLibrary], [call('start_and_follow', `${base}/runs/${run}`, text)]),
    )
  }

  /**
   * Runs a program under the host's flock that is fed over the connection and ends with it. `begin` is asked for what
   * answers its facts: bytes for its standard input, or nothing. After a lost connection all of it begins anew.
   *
   * @throws {HostFailure} when the program says why it failed.
   */
  exchange(program: StageProgram, begin: () => Answer): Promise<Outcome> {
    return this.lasting((connection) => this.exchangeOnce(connection, program, begin()))
  }

  private async exchangeOnce(
    connection: Connection,
    program: StageProgram,
    answer: Answer,
  ): Promise<Outcome> {
    const run = this.newRun(program.stage)
    const talk = await connection.converse(
      renderProgram(
        [prelude, detachLibrary, leaseLibrary, stageLibrary, ...program.libraries],
        [
          call('run_folder', `${this.base}/runs/${run}`),
          this.begin('stage_begin', run, program.stage),
          ...program.calls,
        ],
      ),
    )
    const reading = new Reading(this.name, this.nonce, this.options.reporter)
    let failure: unknown
    let sending: Promise<void> | undefined
    const send = async (bytes: AsyncIterable<Buffer>) => {
      try {
        for await (const chunk of bytes) if (!(await talk.sendBytes(chunk))) return
      } catch (error) {
        failure = error
        talk.end()
      }
    }
    for await (const line of talk.lines) {
      const fact = reading.take(line, 'out')
      if (fact === undefined || failure !== undefined) continue
      try {
        const bytes = answer(fact.name, fact.value)
        if (bytes) sending = send(bytes)
      } catch (error) {
        failure = error
        talk.end()
      }
    }
    await sending
    if (failure !== undefined) throw failure
    return reading.end((await talk.exit).code)
  }

  /** The call with which a program on the host starts: who runs it, under which token. */
  private begin(name: string, run: string, ...more: string[]): Call {
    const { app, base, owner } = this.options
    const token = String(this.token)
    return call(name, this.nonce, base, run, owner.id, owner.url, token, String(leaseSeconds), app, ...more)
  }

  /** The calls that start a program of its own inside a stage, and the name by which it is followed. */
  companion(stage: string, begin: string, program: StageProgram): { run: string; call: Call } {
    const run = this.newRun(stage)
    const text = renderProgram(
      [prelude, detachLibrary, leaseLibrary, stageLibrary, ...program.libraries],
      [this.begin(begin, run), ...program.calls],
    )
    return { run, call: call('detach', `${this.base}/runs/${run}`, text) }
  }

  /** Follows a program that runs on the host. */
  followAgain(run: string): Promise<Outcome> {
    return this.follow(renderProgram([detachLibrary], [call('follow', `${this.base}/runs/${run}`)]))
  }

  /** Runs what starts a program, follows it or only reads; again as often as the connection is lost, which starts nothing twice. */
  private async follow(program: string): Promise<Outcome> {
    const reading = new Reading(this.name, this.nonce, this.options.reporter)
    return this.lasting(async (connection) => {
      reading.startOver()
      const { code } = await connection.run(program, (line, stream) => reading.take(line, stream))
      return reading.end(code)
    })
  }

  /** Does it again over a new connection where it is lost meanwhile. */
  private async lasting<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    for (let tries = 0; ; tries += 1) {
      const connection = await this.whole()
      try {
        return await work(connection)
      } catch (error) {
        if (!(error instanceof ConnectionLost) || tries >= reconnections) throw error
        await this.reconnect(connection)
      }
    }
  }

  /** The connection; a new one where it was lost since somebody last used it. */
  private async whole(): Promise<Connection> {
    const { connection } = this
    const state = await Promise.race([connection.closed, Promise.resolve('open')])
    if (state !== 'open') await this.reconnect(connection)
    return this.connection
  }

  /** Connects again; all who find the same connection lost wait for the same new one. */
  private async reconnect(lost: Connection): Promise<void> {
    if (lost !== this.connection) return
    this.reconnecting ??= this.connectAgain().finally(() => {
      this.reconnecting = undefined
    })
    await this.reconnecting
  }

  private async connectAgain(): Promise<void> {
    const { reporter, ssh, wait } = this.options
    ssh.signal?.throwIfAborted()
    reporter.warning(`${this.name}: the connection was lost; what runs there goes on, connecting again`)
    this.lease.close()
    for (let tries = 0; ; tries += 1) {
      await wait(500 * 2 ** tries)
      try {
        const { connection, channel, facts } = await join(this.options, this.nonce, this.token)
        this.connection = connection
        this.lease = channel
        this.facts = facts
        return
      } catch (error) {
        if (tries >= reconnections || ssh.signal?.aborted) throw error
      }
    }
  }

  async close(): Promise<void> {
    this.lease.close()
    await this.connection.close()
  }
}

async function join(
  options: SessionOptions,
  nonce: string,
  token: number,
): Promise<{ connection: Connection; channel: LeaseChannel; facts: HostFacts }> {
  const connection = await connect(options.ssh)
  try {
    return { connection, ...(await LeaseChannel.open(connection, { ...options, nonce, token })) }
  } catch (error) {
    await connection.close()
    throw error
  }
}
