import type { Failure, LoadReport, StreamReport } from './load'

/** Counts what a load sees. */
export class Tally {
  private readonly began = performance.now()
  private until: number | undefined
  private readonly latencies: number[] = []
  private readonly byKind: Record<string, number> = {}
  private readonly byStatus: Record<string, number> = {}
  private readonly bySlot: Record<string, number> = {}
  private readonly failures: Failure[] = []
  requests = 0
  private failedCount = 0
  private wrongCount = 0
  private connects = 0
  private readonly stream: StreamReport | undefined
  private lastMessage: number | undefined

  constructor(stream: StreamReport['kind'] | undefined) {
    if (stream) this.stream = { kind: stream, opened: 0, messages: 0, cuts: 0, longestGap: 0 }
  }

  connected(): void {
    this.connects++
  }

  answered(ms: number, status: number, slot: string | string[] | undefined): void {
    this.requests++
    this.latencies.push(ms)
    add(this.byStatus, String(status))
    if (typeof slot === 'string') add(this.bySlot, slot)
  }

  /** A request that got no answer is counted as a request here; one that got a bad one was counted already. */
  failed(failure: Omit<Failure, 'time'>): void {
    if (failure.status === undefined) this.requests++
    this.failedCount++
    this.note(failure)
  }

  wrong(failure: Omit<Failure, 'time' | 'kind'>): void {
    this.wrongCount++
    this.note({ kind: 'wrong slot', ...failure })
  }

  streamOpened(): void {
    this.stream!.opened++
    this.lastMessage = undefined
  }

  streamMessage(): void {
    const now = performance.now()
    const { longestGap } = this.stream!
    this.stream!.messages++
    if (this.lastMessage !== undefined) {
      this.stream!.longestGap = Math.max(longestGap, Math.round(now - this.lastMessage))
    }
    this.lastMessage = now
  }

  streamCut(): void {
    this.stream!.cuts++
  }

  ended(): void {
    this.until = performance.now()
  }

  report(): LoadReport {
    const seconds = ((this.until ?? performance.now()) - this.began) / 1000
    const sorted = Float64Array.from(this.latencies).sort()
    const at = (share: number) => round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0)
    return {
      seconds: round(seconds),
      requests: this.requests,
      failed: this.failedCount,
      wrongSlot: this.wrongCount,
      byKind: { ...this.byKind },
      byStatus: { ...this.byStatus },
      bySlot: { ...this.bySlot },
      perSecond: Math.round(this.requests / seconds),
      connects: this.connects,
      latency: { median: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
      ...(this.stream && { stream: { ...this.stream } }),
      failures: [...this.failures],
    }
  }

  private note(failure: Omit<Failure, 'time'>): void {
    add(this.byKind, failure.kind)
    if (this.failures.length < 20) this.failures.push({ time: new Date().toISOString(), ...failure })
  }
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
