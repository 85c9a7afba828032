import { Trouble } from '../release/trouble'
import { checkedVariable } from './variable'

const reserved = /^KAWASEMI_/
/** The kernel takes no longer string; the name, `=` and a closing zero are part of it. */
const longest = 128 * 1024 - 1

/**
 * A release's variables as a file that systemd's `EnvironmentFile` and a POSIX shell's `.` read alike, and exactly:
 * double quotes, in which both know the same four characters to escape. Line breaks stay as they are.
 *
 * @throws {Trouble} on what cannot be a variable; its value is never in the message.
 */
export function renderEnvironment(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(
      ([name, value]) =>
        `${checkedVariable(name, reserved)}="${checkedValue(name, value).replace(/[\\"$`]/g, '\\$&')}"\n`,
    )
    .join('')
}

/** systemd leaves out what is no text, without a word to the process. */
function checkedValue(name: string, value: string): string {
  const why = value.includes('\0')
    ? 'holds a NUL byte, which no variable can.'
    : /[\p{Cs}\p{Noncharacter_Code_Point}]/u.test(value)
      ? 'holds what is no character, which systemd does not take.'
      : Buffer.byteLength(`${name}=${value}`) > longest
        ? 'is longer than 128 KB, which no variable can be.'
        : undefined
  if (why === undefined) return value
  throw new Trouble(`env: ${name}`, why, 'Encode the value as base64, or give it to the app in a file.')
}
