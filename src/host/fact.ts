/* A host may tell anything: each fact is read as what it should be, or as nothing. Never `String(fact)` or
 * `Number(fact)`: an object with a `toString` of its own makes both throw. */

/** '' for what is no text. */
export function textOf(fact: unknown): string {
  return typeof fact === 'string' ? fact : ''
}

/** Whole and 0 or more; undefined for what is not. */
export function countOf(fact: unknown): number | undefined {
  return typeof fact === 'number' && Number.isSafeInteger(fact) && fact >= 0 ? fact : undefined
}

/** Empty for what is no object. */
export function fieldsOf(fact: unknown): Readonly<Record<string, unknown>> {
  return typeof fact === 'object' && fact !== null ? (fact as Record<string, unknown>) : {}
}
