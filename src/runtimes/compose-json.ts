import { Trouble } from '../release/trouble'

/** Readers for the resolved compose model: JSON that some version of Compose printed of somebody's file, so checked. */
export type Fields = Readonly<Record<string, unknown>>

const unexpected = 'Kawasemi does not understand it. Write it in the long form of the Compose specification.'

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A mapping; nothing counts as an empty one. @throws {Trouble} */
export function fieldsOf(value: unknown, where: string): Fields {
  if (value === undefined || value === null) return {}
  if (!isFields(value)) throw new Trouble(where, 'is not a mapping.', unexpected)
  return value
}

/** A mapping's keys with their values, which are mappings too. @throws {Trouble} */
export function sectionsOf(value: unknown, where: string): [string, Fields][] {
  return Object.entries(fieldsOf(value, where)).map(([name, each]) => {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/.test(name)) {
      throw new Trouble(
        `${where}: ${JSON.stringify(name.slice(0, 80))}`,
        'is not a name that can be used on the host.',
        'Use letters, digits, "_", "." and "-", at most 63, starting with a letter or digit.',
      )
    }
    return [name, fieldsOf(each, `${where}.${name}`)]
  })
}

/** A list; nothing counts as an empty one. @throws {Trouble} */
export function listOf(value: unknown, where: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new Trouble(where, 'is not a list.', unexpected)
  return value
}

/** @throws {Trouble} where it is anything but text on one line. */
export function textOf(value: unknown, where: string): string {
  if (typeof value !== 'string' || /[\u0000-\u001f\u007f]/.test(value)) {
    throw new Trouble(where, 'is not text on one line.', unexpected)
  }
  return value
}

/** Text that is taken as it is, as a string in a file that Compose interpolates. */
export function literal(value: string): string {
  return value.replaceAll('$', '$$$$')
}

/** The value behind resolved text, in which a dollar is written twice. @throws {Trouble} where a variable is left in it. */
export function plainText(value: unknown, where: string): string {
  const text = textOf(value, where)
  if (text.replaceAll('$$', '').includes('$')) {
    throw new Trouble(where, 'still holds a variable.', 'Write the value itself there.')
  }
  return text.replaceAll('$$', '$')
}

/** The fields whose names are in the list, in its order. */
export function pick(fields: Fields, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names
      .filter((name) => fields[name] !== undefined && fields[name] !== null)
      .map((name) => [name, fields[name]]),
  )
}
