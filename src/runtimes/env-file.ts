import { Trouble } from '../release/trouble'
import { checkedVariable } from './variable'

/** These would steer Docker itself on the host, or are ours. */
const reserved = /^(COMPOSE_|DOCKER_|BUILDKIT_|KAWASEMI_)/

/**
 * An env file that Compose reads back exactly: double quotes, with `\`, `"` and `$` escaped. Single quotes would not
 * do: a value that ends in a backslash does not come back.
 *
 * @throws {Trouble} on a name that cannot be there, or a value with a NUL byte.
 */
export function renderEnvFile(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `${checkedVariable(name, reserved)}="${escapeValue(name, value)}"\n`)
    .join('')
}

function escapeValue(name: string, value: string): string {
  if (value.includes('\0')) {
    throw new Trouble(
      `env: ${name}`,
      'holds a NUL byte, which no variable can.',
      'Encode the value, for example as base64.',
    )
  }
  return value.replace(/[\\"$]/g, '\\$&').replaceAll('\r', '\\r')
}
