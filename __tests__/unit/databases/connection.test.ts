import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import type { ServerDatabase } from '../../../src/config/schema'
import { connectionOf } from '../../../src/databases/connection'
import { mysql } from '../../../src/databases/mysql'
import { postgres } from '../../../src/databases/postgres'
import { Trouble } from '../../../src/release/trouble'

const byUrl = (kind: ServerDatabase['kind'] = 'postgres'): ServerDatabase => ({
  kind,
  urlEnv: 'DATABASE_URL',
})
const names = { host: 'H', port: 'P', name: 'N', user: 'U', password: 'W' }
const byNames = (kind: ServerDatabase['kind'] = 'postgres'): ServerDatabase => ({ kind, env: names })
const read = (url: string, kind?: ServerDatabase['kind']) => connectionOf(byUrl(kind), { DATABASE_URL: url })

/** Text that a variable, a password or a name can be; a line break is refused. */
const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 40 })
  .filter((each) => !/[\0\r\n]/.test(each))

const troubleOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(Trouble)
    return (error as Trouble).message
  }
  throw new Error('no trouble')
}

/** What a shell has in these variables after it read the lines. */
function asShell(lines: string, ...variables: string[]): string[] {
  const show = variables.map((name) => `printf '%s\\0' "\${${name}-}"`).join('; ')
  const said = execFileSync('sh', ['-s'], { input: `${lines}${show}\n`, env: { LC_ALL: 'C' } })
  return said.toString().split('\0').slice(0, -1)
}

const contentOf = (files: readonly { path: string; content: string }[], name: string): string =>
  files.find(({ path }) => path.endsWith(`/${name}`))!.content

describe('the connection of a release', () => {
  it.each([
    [
      'postgresql://me:pw@db.example:5433/shop',
      { host: 'db.example', port: '5433', name: 'shop', user: 'me', password: 'pw' },
    ],
    ['postgres://me@[2001:db8::1]/shop', { host: '2001:db8::1', name: 'shop', user: 'me' }],
    ['postgresql+psycopg2:///shop', { name: 'shop' }],
    [
      'postgresql:///shop?host=/run/postgresql&port=5434',
      { host: '/run/postgresql', port: '5434', name: 'shop' },
    ],
    ['postgresql://%2Frun%2Fpg/shop', { host: '/run/pg', name: 'shop' }],
  ])('is read from %s', (url, expected) => {
    const { options: _, ...connection } = read(url)!
    expect(connection).toEqual(expected)
  })

  it.each(['mysql://a:b@h/n', 'mysql2://a:b@h/n', 'mysql+pymysql://a:b@h/n', 'mariadb://a:b@h/n'])(
    'of MySQL is read from %s',
    (url) => expect(read(url, 'mysql')).toMatchObject({ host: 'h', name: 'n', user: 'a', password: 'b' }),
  )

  it('is whatever the parts of a URL are, percent-encoded', () => {
    fc.assert(
      fc.property(text, text, text, (user, password, name) => {
        const [u, p, n] = [user, password, name].map((each) =>
          encodeURIComponent(each).replaceAll('.', '%2E'),
        )
        // A path of dots is what the URL's own rules take away.
        fc.pre(!/^\.{1,2}$/.test(name))
        expect(read(`mysql://${u}:${p}@h/${n}`, 'mysql')).toMatchObject({ user, password, name })
      }),
    )
  })

  it('is nothing where the server is an accessory', () => {
    expect(connectionOf({ kind: 'postgres', accessory: 'db' }, {})).toBeUndefined()
  })

  it.each([
    'sensitive',
    'mysql://sensitive:x@h/n',
    'postgresql://a:sensitive@h/',
    'postgresql://a:%sensitive@h/n',
    'postgresql://a:sensitive#x@h/n',
    'postgresql://a:sensitive@h:99999/n',
    'postgresql://a:sensitive@h/n?port=x',
    'postgresql://a:sensitive%0A@h/n',
    'postgresql://a:sensitive@h1,h2:1,h3:2/n',
  ])('is refused, and not shown, when the variable holds %s', (url) => {
    const message = troubleOf(() => read(url))
    expect(message).toContain('env: DATABASE_URL')
    expect(message).not.toContain('sensitive')
  })

  it('is refused where a variable is missing, by its name and the key that names it', () => {
    const env = { H: 'h', P: '1', N: 'n', U: 'u', W: 'w' }
    for (const [key, name] of Object.entries(names)) {
      const message = troubleOf(() => connectionOf(byNames(), { ...env, [name]: '' }))
      expect(message).toContain(`env: ${name}: has no value, but database.env.${key} in kawasemi.yml`)
    }
    expect(troubleOf(() => connectionOf(byUrl(), { PATH: 'x' }))).toContain('database.url-env')
    expect(troubleOf(() => connectionOf({ kind: 'mysql', urlEnv: 'constructor' }, {}))).toContain(
      'has no value',
    )
    expect(troubleOf(() => connectionOf(byNames(), { ...env, P: '70000' }))).toContain('env: P: is no port')
    expect(troubleOf(() => connectionOf(byNames(), { ...env, W: 'sensi\ntive' }))).toContain(
      'env: W: holds a line break',
    )
  })
})

describe('the files for the host’s own tools', () => {
  it('are nobody else’s to read', () => {
    for (const kind of [postgres, mysql]) {
      const files = kind.files(byNames(), { H: 'h', P: '1', N: 'n', U: 'u', W: 'w' })
      expect(files.map(({ mode }) => mode)).toEqual([0o600, 0o600])
      expect(kind.files({ kind: 'postgres', accessory: 'db' }, {})).toEqual([])
    }
  })

  it('give libpq each value as it is, the password only in its own file', () => {
    fc.assert(
      fc.property(text, text, text, text, (H, N, U, W) => {
        fc.pre(![H, N, U].some((each) => each.includes(W)))
        const files = postgres.files(byNames(), { H, P: '5432', N, U, W })
        const env = contentOf(files, 'env')
        expect(asShell(env, 'PGHOST', 'PGPORT', 'PGDATABASE', 'PGUSER', 'PGPASSWORD')).toEqual([
          H,
          '5432',
          N,
          U,
          '',
        ])
        expect(env.split('\n')).toHaveLength(5)
        const [, escaped] = /^\*:\*:\*:\*:((?:[^\\:]|\\[\\:])*)\n$/su.exec(contentOf(files, 'pgpass'))!
        expect(escaped!.replace(/\\(.)/gsu, '$1')).toBe(W)
      }),
      { numRuns: 60 },
    )
  })

  it('hand on of a URL’s options what libpq knows, and nothing else', () => {
    const url =
      "postgresql://h/n?sslmode=require&options=-c%20search_path%3D'x'&pool_size=5&PATH=/x&__proto__=1"
    const env = contentOf(postgres.files(byUrl(), { DATABASE_URL: url }), 'env')
    expect(env).toBe(
      "export PGHOST='h'\nexport PGDATABASE='n'\nexport PGSSLMODE='require'\nexport PGOPTIONS='-c search_path='\\''x'\\'''\n",
    )
  })

  it('give MySQL each value on a line of its own, in quotes that it cannot leave', () => {
    fc.assert(
      fc.property(text, text, text, text, (H, N, U, W) => {
        const files = mysql.files(byNames('mysql'), { H, P: '3306', N, U, W })
        expect(asShell(contentOf(files, 'env'), 'database')).toEqual([N])
        const [head, ...lines] = contentOf(files, 'cnf').trimEnd().split('\n')
        expect(head).toBe('[client]')
        const values = lines.map((line) => {
          const [, key, value] = /^([a-z]+)="((?:[^"\\]|\\["\\t])*)"$/u.exec(line)!
          return [key, value!.replace(/\\(.)/gu, (_, each) => (each === 't' ? '\t' : each))]
        })
        expect(values).toEqual([
          ['host', H],
          ['port', '3306'],
          ['user', U],
          ['password', W],
        ])
      }),
      { numRuns: 60 },
    )
  })

  it('find MySQL’s socket where the URL says so', () => {
    const url = 'mysql://a:b@localhost/n?unix_socket=/run/my.sock'
    expect(contentOf(mysql.files(byUrl('mysql'), { DATABASE_URL: url }), 'cnf')).toContain(
      'socket="/run/my.sock"\n',
    )
  })
})
