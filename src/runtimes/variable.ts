import { Trouble } from '../release/trouble'

/**
 * The name of a variable of the release, as it is.
 *
 * @param reserved names that have a meaning of their own on the host.
 * @throws {Trouble} on what is no name of a variable, or is reserved.
 */
export function checkedVariable(name: string, reserved: RegExp): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new Trouble(
      `env: ${JSON.stringify(name.slice(0, 80))}`,
      'is not the name of a variable.',
      'Use letters, digits and "_", not starting with a digit.',
    )
  }
  if (reserved.test(name)) {
    throw new Trouble(
      `env: ${name}`,
      'is one that Kawasemi sets itself, or that would steer Docker on the host.',
      'Give the variable another name.',
    )
  }
  return name
}
