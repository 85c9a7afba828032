import { Trouble } from '../release/trouble'

/*
 * The schema refuses the same, but this is where a value becomes part of another language, and nothing here is quoted.
 */

const noDots = '(?!.*/\\.{1,2}(/|$))'
const shapes = {
  app: /^[a-z][a-z0-9-]{0,39}$/,
  base: new RegExp(`^${noDots}(/[A-Za-z0-9._-]+){2,}$`),
  service: /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/,
  domain: /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  'route path': new RegExp(`^${noDots}(?!.*//)/[A-Za-z0-9._~/-]*$`),
  'assets url': new RegExp(`^${noDots}(/[A-Za-z0-9._~-]+)+/$`),
  'files path': new RegExp(`^${noDots}(/[A-Za-z0-9._~-]+)+/$`),
  file: new RegExp(`^${noDots}(/[A-Za-z0-9._-]+){2,}$`),
  header: /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/,
  'header value':
    /^(?!expr=)[A-Za-z0-9!#&'()*+,./:;<=>?@[\]^_|~-]([A-Za-z0-9 !#&'()*+,./:;<=>?@[\]^_|~-]{0,998}[A-Za-z0-9!#&'()*+,./:;<=>?@[\]^_|~-])?$/,
  email: /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
  'acme server': new RegExp(
    `^${noDots}https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~-]+)+$`,
  ),
  folder: new RegExp(`^${noDots}(/[A-Za-z0-9._-]+){2,}$`),
}

export function refuse(what: string, value: unknown, why: string): never {
  const shown = String(JSON.stringify(value)).slice(0, 80)
  throw new Trouble(`proxy: ${what} ${shown}`, why, 'Correct it in kawasemi.yml.')
}

export function checked(what: keyof typeof shapes, value: string): string {
  // `$` also matches before a newline at the end in other languages, not in this one.
  if (typeof value !== 'string' || !shapes[what].test(value)) {
    refuse(what, value, 'cannot be written into a web server’s configuration.')
  }
  return value
}

export function whole(what: string, value: number, least: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    refuse(what, value, `is not a whole number from ${least} to ${most}.`)
  }
  return value
}
