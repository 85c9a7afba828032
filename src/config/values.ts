import { isIPv4, isIPv6 } from 'node:net'
import { z } from 'zod'

/*
 * The kinds of value kawasemi.yml is made of. Every `error` here is the text after "expected", so that a
 * problem reads "expected a duration from 1s to 1h, such as 500ms, 10s, 5m or 1h, found 30".
 */

/** Text that matches a pattern and, where the pattern cannot say all of it, a check. */
export function text(pattern: RegExp, longest: number, expected: string, fits?: (value: string) => boolean) {
  const shape = z
    .string({ error: expected })
    .max(longest, { error: `${expected} (at most ${longest} characters)` })
    .regex(pattern, { error: expected })
  return fits ? shape.refine(fits, { error: expected }) : shape
}

export function integer(least: number, most: number) {
  const expected = `a whole number from ${least} to ${most}`
  return z.int({ error: expected }).min(least, { error: expected }).max(most, { error: expected })
}

const msOf = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const
const durationPattern = /^([0-9]{1,7})(ms|s|m|h)$/

/** Milliseconds, or NaN when it is no duration. */
export function parseDuration(value: string): number {
  const [, count, unit] = durationPattern.exec(value) ?? []
  return Number(count) * msOf[unit as keyof typeof msOf]
}

/** Text such as `10s`; milliseconds once parsed. The bounds are durations too, both allowed. */
export function duration(least: string, most: string) {
  const expected = `a duration from ${least} to ${most}, such as 500ms, 10s, 5m or 1h`
  const within = (ms: number) => ms >= parseDuration(least) && ms <= parseDuration(most)
  return z
    .string({ error: expected })
    .regex(durationPattern, { error: expected })
    .refine((value) => within(parseDuration(value)), { error: expected })
    .transform(parseDuration)
}

const bytesOf = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const
const sizePattern = /^([0-9]{1,7})([kmg])$/

/** Text such as `10m`; bytes once parsed. */
export function size(least: string, most: string) {
  const parse = (value: string) => {
    const [, count, unit] = sizePattern.exec(value) ?? []
    return Number(count) * bytesOf[unit as keyof typeof bytesOf]
  }
  const expected = `a size from ${least} to ${most}, such as 512k, 10m or 1g`
  return z
    .string({ error: expected })
    .regex(sizePattern, { error: expected })
    .refine((value) => parse(value) >= parse(least) && parse(value) <= parse(most), { error: expected })
    .transform(parse)
}

export const port = integer(1, 65535)

export const appName = text(
  /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/,
  40,
  'a name of 2 to 40 lower-case letters, digits and hyphens, starting with a letter, not ending with a hyphen',
)

export const environmentName = text(
  /^[a-z][a-z0-9-]{0,38}[a-z0-9]$/,
  40,
  'an environment name of 2 to 40 lower-case letters, digits and hyphens, starting with a letter',
)

/** A name in the compose file: of a service or a volume. */
export const composeName = text(
  /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/,
  63,
  'a name from the compose file: letters, digits, "_", "." and "-", starting with a letter or digit',
)

export const packageName = text(
  /^[a-z0-9][a-z0-9+.-]{1,99}$/,
  100,
  'a name of a Debian package, such as redis-server: lower-case letters, digits, "+", "." and "-"',
)

const noDots = (path: string) => !path.split('/').some((part) => part === '.' || part === '..')
const noEmptyParts = (path: string) => !path.includes('//')

export const basePath = text(
  /^(\/[A-Za-z0-9._-]+){2,}$/,
  128,
  'an absolute path at least two folders deep, such as /srv/shop, of letters, digits, ".", "_" and "-", without ".."',
  noDots,
)

export const repoPath = text(
  /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/,
  200,
  'a path inside the repository, such as deploy/compose.yaml, without ".."',
  (path) => !path.split('/').includes('..'),
)

/** Static files: in an image, or with systemd in the release. */
export const assetsPath = text(
  /^\/?[A-Za-z0-9._@-]+(\/[A-Za-z0-9._@-]+)*\/?$/,
  200,
  'an absolute path inside the image, such as /app/.next/static, or one inside the release, such as static, without ".."',
  noDots,
).transform((path) => path.replace(/\/$/, ''))

export const routePath = text(
  /^\/[A-Za-z0-9._~/-]*$/,
  200,
  'a path that starts with "/", such as / or /api/, of letters, digits, ".", "_", "~" and "-"',
  (path) => noDots(path) && noEmptyParts(path),
)

/** The prefix of an URL's path; ends with a slash once parsed. */
export const assetsUrl = text(
  /^(\/[A-Za-z0-9._~-]+)+\/?$/,
  200,
  'the start of the assets\' URL path, such as /_next/static/, other than "/"',
  noDots,
).transform((path) => (path.endsWith('/') ? path : `${path}/`))

/** What a probe asks for: a path, perhaps with a query. */
export const probePath = text(
  /^\/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*$/,
  500,
  'a path that starts with "/", such as /health, perhaps with a query',
)

const hostName =
  /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/
const isHostName = (name: string) => name.length <= 253 && hostName.test(name) && !/(^|\.)[0-9]+$/.test(name)

export const domain = text(
  /^[a-z0-9-]+(\.[a-z0-9-]+)*$/,
  253,
  'a domain in lower case without a wildcard, such as shop.example (other scripts in punycode: xn--…)',
  isHostName,
)

export const email = text(
  /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
  254,
  'an e-mail address, such as admin@shop.example',
)

export const acmeServer = text(
  /^https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?(\/[A-Za-z0-9._~-]+)+$/,
  300,
  "the https URL of an authority's directory, such as https://ca.example/acme/directory",
  noDots,
)

export interface HostAddress {
  /** How messages call the host: its address, and its port when that is not 22. */
  name: string
  /** Host name, IPv4, or IPv6 without brackets. */
  address: string
  user: string
  port: number
  /** The host through which it is reached. */
  jump?: HostAddress
}

const hostPattern =
  /^([a-zA-Z_][a-zA-Z0-9_.-]{0,31})@(?:\[([0-9a-fA-F:.]+)\]|([a-zA-Z0-9.-]+))(?::([0-9]{1,5}))?$/

function parseHost(value: string): HostAddress | undefined {
  const [, user = '', ipv6, plain = '', portText = '22'] = hostPattern.exec(value) ?? []
  const address = ipv6 ?? plain
  const portNumber = Number(portText)
  const known = ipv6 === undefined ? isIPv4(address) || isHostName(address) : isIPv6(address)
  if (!known || portNumber < 1 || portNumber > 65535) return undefined
  const shown = ipv6 === undefined ? address : `[${address}]`
  return { name: portNumber === 22 ? address : `${shown}:${portNumber}`, address, user, port: portNumber }
}

/** `user@address` or `user@address:port`. */
export const host = text(
  hostPattern,
  300,
  'user@address or user@address:port, such as deploy@203.0.113.7 or deploy@[2001:db8::7]:2222',
  (value) => parseHost(value) !== undefined,
).transform((value) => parseHost(value)!)

export const userName = text(
  /^[a-z_][a-z0-9_-]{0,31}$/,
  32,
  'the name of a user of the host: lower-case letters, digits, "_" and "-"; not root',
  (name) => name !== 'root',
)

/** A program of the host. */
export const interpreter = text(
  /^(\/[A-Za-z0-9._+-]+)*\/?[A-Za-z0-9._+][A-Za-z0-9._+-]*$/,
  200,
  'a program, such as python3.12 or /opt/python/bin/python3',
  noDots,
)

export const headerName = text(/^[A-Za-z0-9-]+$/, 64, 'the name of a header: letters, digits and "-"')

export const fieldPath = text(
  /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/,
  200,
  'the path of a JSON field, its parts joined by dots, such as checks.database',
)

export const bodyPattern = text(/^[\s\S]+$/, 500, 'a regular expression, such as "ok|ready"', (pattern) => {
  try {
    return new RegExp(pattern) instanceof RegExp
  } catch {
    return false
  }
})

/** Text without control characters, which a program may be given as one argument. */
export const argument = text(/^[^\u0000-\u001f\u007f]*$/, 1000, 'text without control characters')

/** A variable of the release's `env`, by its name. */
export const variableName = text(
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  100,
  'the name of a variable, such as DATABASE_URL: letters, digits and "_", not starting with a digit',
)

/** Where an SQLite database lies. */
export const databaseFile = text(
  /^\/?[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/,
  200,
  'the path of a file, such as shared/db.sqlite3, of letters, digits, ".", "_", "-" and "/", without ".."',
  noDots,
)
