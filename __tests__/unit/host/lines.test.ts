import fc from 'fast-check'
import { LineSplitter } from '../../../src/host/lines'

function split(chunks: readonly Buffer[], maxBytes?: number): string[] {
  const lines: string[] = []
  const splitter = new LineSplitter((line) => lines.push(line), maxBytes)
  for (const chunk of chunks) splitter.push(chunk)
  splitter.end()
  return lines
}

test('lines are the same however the bytes arrive', () => {
  const text = fc
    .array(fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', '')))
    .map((lines) => lines.map((line) => `${line}\n`).join(''))
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 7 })), (input, sizes) => {
      const bytes = Buffer.from(input)
      const chunks: Buffer[] = []
      let at = 0
      for (const size of sizes) {
        chunks.push(bytes.subarray(at, at + size))
        at += size
      }
      chunks.push(bytes.subarray(at))
      expect(split(chunks)).toEqual(input.split('\n').slice(0, -1))
    }),
  )
})

test('a last line without its newline counts, an empty rest does not', () => {
  expect(split([Buffer.from('a\nb')])).toEqual(['a', 'b'])
  expect(split([Buffer.from('a\n')])).toEqual(['a'])
})

test('a line that is too long is cut and says by how much, and the next one is whole', () => {
  expect(split([Buffer.from('12345'), Buffer.from('678\n90')], 4)).toEqual(['1234… (4 bytes more)', '90'])
})

test('bytes that are no UTF-8 become replacement characters', () => {
  expect(split([Buffer.from([0x61, 0xff, 0xfe, 0x0a])])).toEqual(['a\ufffd\ufffd'])
})
