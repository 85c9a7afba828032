import { Trouble } from '../release/trouble'

/** These would steer Docker itself on the host, or are ours. */
const reserved = /^(COMPOSE_|DOCKER_|BUILDKIT_|KAWASEMI_)/
const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * An env file that Compose reads back exactly: double quotes, with `\`, `"` and `$` escaped. Single quotes would not
 * do: a value that ends in a backslash does not come back.
 *
 * @throws {Trouble} on a name that cannot be there, or a value with a NUL byte.
 */
export function renderEnvFile(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `${checkedName(name)}="${escapeValue(name, value)}"\n`)
    .join('')
}

function checkedName(name: string): string {
  if (!namePattern.test(name)) {
    throw new Trouble(
      `env: ${JSON.stringify(name.slice(0, 80))}`,
      'is not the name of a variable.',
      'Use letters, digits and "_", not starting with a digit.',
    )
  }
  if (reserved.test(name)) {
    throw new Trouble(
      `env: ${name}`,
      'would change how Docker or Kawasemi itself works on the host.',
      'Give the variable another name.',
    )
  }
  return name
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
