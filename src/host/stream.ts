import { Duplex } from 'node:stream'
import type { ClientChannel } from 'ssh2'

/**
 * An SSH channel as an ordinary stream: it is destroyed when the other side is gone, `destroy()` always ends in
 * `close`, and a lost connection is an error and never a clean end (which would make half an answer look whole).
 * The methods of a socket that HTTP calls are there and do nothing.
 */
export class ChannelStream extends Duplex {
  bytesRead = 0
  bytesWritten = 0

  constructor(
    private readonly channel: ClientChannel,
    lost: () => Error | undefined,
  ) {
    super({ allowHalfOpen: true })
    channel.on('data', (chunk: Buffer) => {
      this.bytesRead += chunk.length
      if (!this.destroyed && !this.push(chunk)) channel.pause()
    })
    channel.once('end', () => this.endReading(lost()))
    channel.once('close', () => {
      this.endReading(lost())
      if (this.readableEnded) this.destroy()
      else this.once('end', () => this.destroy())
    })
    channel.on('error', (error: Error) => this.destroy(error))
  }

  private reading = true

  private endReading(error: Error | undefined): void {
    if (error) this.destroy(error)
    else if (this.reading && !this.destroyed) {
      this.reading = false
      this.push(null)
    }
  }

  override _read(): void {
    this.channel.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.bytesWritten += chunk.length
    this.channel.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.channel.end()
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.channel.resume()
    this.channel.destroy()
    done(error)
  }

  destroySoon(): void {
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
    this.end()
  }

  setTimeout(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}
