/** No line is kept beyond this many bytes; what follows up to its end is dropped. */
export const MAX_LINE_BYTES = 1024 * 1024

/** Cuts a stream of bytes into lines of text. Bytes that are no UTF-8 become replacement characters. */
export class LineSplitter {
  private parts: Buffer[] = []
  private kept = 0
  private dropped = 0

  constructor(
    private readonly onLine: (line: string) => void,
    private readonly maxBytes = MAX_LINE_BYTES,
  ) {}

  push(chunk: Buffer): void {
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      this.keep(chunk.subarray(from, at))
      this.emit()
      from = at + 1
    }
    this.keep(chunk.subarray(from))
  }

  /** The last line may lack its newline. */
  end(): void {
    if (this.kept > 0) this.emit()
  }

  private keep(bytes: Buffer): void {
    const room = Math.min(bytes.length, this.maxBytes - this.kept)
    if (room > 0) this.parts.push(bytes.subarray(0, room))
    this.kept += room
    this.dropped += bytes.length - room
  }

  private emit(): void {
    const line = Buffer.concat(this.parts).toString('utf8')
    const ending = this.dropped > 0 ? `… (${this.dropped} bytes more)` : ''
    this.parts = []
    this.kept = 0
    this.dropped = 0
    this.onLine(line + ending)
  }
}
