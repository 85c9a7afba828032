/* Tar files as GNU tar and Docker read them. Neither owners nor times: whoever unpacks takes their own. */

const blockSize = 512
const nameBytes = 100

export const tarEnd = Buffer.alloc(2 * blockSize)

/** One entry; `mode` and `size` as numbers. */
export interface TarHeader {
  readonly name: string
  readonly type: string
  readonly mode: number
  readonly size: number
  readonly link?: string
}

/** The blocks before an entry's content, with GNU's own entries before them where a name does not fit. */
export function tarHeader(entry: TarHeader): Buffer {
  const { name, link = '' } = entry
  return Buffer.concat([
    ...(Buffer.byteLength(link) > nameBytes ? [longName('K', link)] : []),
    ...(Buffer.byteLength(name) > nameBytes ? [longName('L', name)] : []),
    headerBlock(entry),
  ])
}

function longName(type: 'K' | 'L', name: string): Buffer {
  const text = Buffer.from(`${name}\0`)
  const block = headerBlock({ name: '././@LongLink', type, mode: 0, size: text.length })
  return Buffer.concat([block, text, tarPadding(text.length)])
}

function headerBlock({ name, type, mode, size, link = '' }: TarHeader): Buffer {
  const block = Buffer.alloc(blockSize)
  const octal = (value: number, at: number, digits: number) =>
    block.write(value.toString(8).padStart(digits, '0'), at, 'latin1')
  Buffer.from(name).copy(block, 0, 0, nameBytes)
  octal(mode, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(size, 124, 11)
  octal(0, 136, 11)
  block.write(' '.repeat(8), 148, 'latin1')
  block.write(type, 156, 'latin1')
  Buffer.from(link).copy(block, 157, 0, nameBytes)
  block.write('ustar  ', 257, 'latin1')
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  )
  block.write('\0 ', 154, 'latin1')
  return block
}

/** What follows a content of that size. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize)
}
