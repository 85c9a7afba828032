import type { Reporter } from '../release/report'
import { textOf } from './fact'
import { type HostRecord, parseLine } from './records'

const printedLines = 200

/** What a program reported: its facts by name, the last of each; and what it printed, the last lines. */
export interface Outcome {
  readonly facts: ReadonlyMap<string, unknown>
  readonly printed: readonly string[]
}

/** A program on the host said why it cannot go on. `code` is for callers, `message` for people. */
export class HostFailure extends Error {
  constructor(
    readonly host: string,
    readonly code: string,
    message: string,
    readonly outcome: Outcome,
  ) {
    super(message)
    this.name = 'HostFailure'
  }
}

/** Reads the lines of one program. After a reconnection the host sends them from the start, so known ones are skipped. */
export class Reading {
  private readonly facts = new Map<string, unknown>()
  private readonly printed: string[] = []
  private failure: { code: string; message: string } | undefined
  private seen = 0
  private position = 0

  constructor(
    private readonly host: string,
    private readonly nonce: string,
    private readonly reporter: Reporter,
  ) {}

  /** The last line may have been cut with the connection, so it is taken once more. */
  startOver(): void {
    this.position = 0
    this.seen = Math.max(0, this.seen - 1)
  }

  /** The fact that the line tells, if it is one. */
  take(line: string, stream: 'out' | 'err'): Extract<HostRecord, { k: 'fact' }> | undefined {
    if (stream === 'err') {
      this.text(line)
      return undefined
    }
    this.position += 1
    if (this.position <= this.seen) return undefined
    this.seen = this.position
    const parsed = parseLine(this.nonce, line)
    if (parsed.kind === 'text') {
      this.text(parsed.text)
      return undefined
    }
    const { record } = parsed
    if (record.k === 'begin') this.reporter.stepBegin(this.host, record.step)
    if (record.k === 'end') this.reporter.stepEnd(this.host, record.step, record.ms)
    if (record.k === 'fact') this.fact(record.name, record.value)
    if (record.k === 'fail') this.failure ??= { code: record.code, message: record.message }
    return record.k === 'fact' ? record : undefined
  }

  private fact(name: string, value: unknown): void {
    if (name === 'warning') this.reporter.warning(`${this.host}: ${textOf(value)}`)
    else this.facts.set(name, value)
  }

  private text(line: string): void {
    if (line === '') return
    this.reporter.output(this.host, line)
    this.printed.push(line)
    if (this.printed.length > printedLines) this.printed.shift()
  }

  end(code: number | undefined): Outcome {
    const outcome = { facts: this.facts, printed: this.printed }
    if (this.failure) throw new HostFailure(this.host, this.failure.code, this.failure.message, outcome)
    if (code !== 0) {
      const why =
        code === 255
          ? 'the program was killed on the host'
          : `the program ended with status ${code ?? 'unknown'}`
      throw new HostFailure(this.host, 'program', why, outcome)
    }
    return outcome
  }
}
