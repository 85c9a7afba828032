/**
 * The one place where a value becomes part of a shell program: POSIX single quotes, in which nothing is special
 * but the quote itself.
 *
 * @throws {RangeError} on a NUL byte, which no shell word can hold.
 */
export function quote(value: string): string {
  if (value.includes('\0')) throw new RangeError('a shell word cannot hold a NUL byte')
  return `'${value.replaceAll("'", `'\\''`)}'`
}
