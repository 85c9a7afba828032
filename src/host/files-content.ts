import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'

/** A stream per file costs more than most files are long. */
const wholeBytes = 1024 * 1024

/** What a file holds, in pieces. */
export async function* contentOf(file: string, size: number): AsyncGenerator<Buffer> {
  if (size <= wholeBytes) yield await readFile(file)
  else yield* createReadStream(file) as AsyncIterable<Buffer>
}
