import { z } from 'zod'
import { argument } from './values'

/**
 * A map with fixed keys. For an unknown key the issue's message is the list of the known ones, from which the
 * loader picks the nearest.
 */
export function section<T extends z.ZodRawShape>(shape: T) {
  const keys = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') return keys.join(' ')
      return issue.code === 'invalid_type' ? `a map with ${keys.join(', ')}` : undefined
    },
  })
}

export function atMost<T extends z.ZodType>(most: number, of: T, what: string) {
  return z.array(of).max(most, { error: `at most ${most} ${what}` })
}

export function mapOf<V extends z.ZodType>(
  name: z.ZodType<string, string>,
  value: V,
  most: number,
  what: string,
) {
  return z
    .record(name, value)
    .refine((map) => Object.keys(map).length <= most, { error: `at most ${most} ${what}` })
}

/** A program and its arguments, as a list; no shell takes it apart. */
export const command = atMost(50, argument, 'words').min(1)
