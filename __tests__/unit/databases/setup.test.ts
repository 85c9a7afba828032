import fc from 'fast-check'
import type { ServerDatabase } from '../../../src/config/schema'
import { databaseSetup } from '../../../src/databases/setup'
import { Trouble } from '../../../src/release/trouble'

const names = { host: 'H', name: 'N', user: 'U', password: 'P' }
const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 30 })
  .filter((value) => !/[\0\r\n]/.test(value))

function sqlOf(kind: ServerDatabase['kind'], env: Record<string, string>): string[] {
  const { calls } = databaseSetup({ kind, env: names }, { H: 'localhost', ...env })
  return calls.flatMap(({ args }) => args.filter((each) => each.endsWith(';')))
}

/** The value that the server would read, where the whole statement is only this. */
function read(sql: string, pattern: RegExp): string[] {
  const found = pattern.exec(sql)
  if (!found) throw new Error(`more than one value: ${sql}`)
  return found.slice(1)
}

test('PostgreSQL reads every name and password as it was given', () => {
  fc.assert(
    fc.property(text, text, text, (name, user, password) => {
      const [, role, , , base] = sqlOf('postgres', { N: name, U: user, P: password })
      const [asUser, asPassword] = read(
        role!,
        /^create role "((?:[^"]|"")*)" login password '((?:[^']|'')*)';$/su,
      )
      const [asName, asOwner] = read(base!, /^create database "((?:[^"]|"")*)" owner "((?:[^"]|"")*)";$/su)
      expect([asUser, asOwner].map((each) => each!.replaceAll('""', '"'))).toEqual([user, user])
      expect(asName!.replaceAll('""', '"')).toBe(name)
      expect(asPassword!.replaceAll("''", "'")).toBe(password)
    }),
  )
})

test('MySQL reads every name and password as it was given, and grants on that database alone', () => {
  const literal = String.raw`'((?:[^'\\]|\\.)*)'`
  const plain = (value: string) => value.replace(/\\(.)/gsu, '$1')
  fc.assert(
    fc.property(text, text, text, (name, user, password) => {
      const sql = sqlOf('mysql', { N: name, U: user, P: password })
      const create = new RegExp(`^create user ${literal}@'localhost' identified by ${literal};$`, 'su')
      expect(read(sql[1]!, create).map(plain)).toEqual([user, password])
      const grant = new RegExp(
        `^grant all privileges on \`((?:[^\`]|\`\`)*)\`\\.\\* to ${literal}@'localhost';$`,
        'su',
      )
      const [pattern, to] = read(sql.at(-1)!, grant)
      expect(plain(pattern!.replaceAll('``', '`'))).toBe(name)
      expect(plain(to!)).toBe(user)
    }),
  )
})

test('a database of another host, or one without a password, is refused without a value', () => {
  for (const env of [
    { H: 'db.secret.example', N: 'shop', U: 'shop', P: 'hidden' },
    { H: 'localhost', N: 'shop', U: 'shop' },
  ]) {
    let said: unknown
    try {
      databaseSetup({ kind: 'mysql', env: { ...names, password: 'P' in env ? 'P' : undefined } }, env)
    } catch (error) {
      said = error
    }
    expect(said).toBeInstanceOf(Trouble)
    expect(String(said)).not.toMatch(/secret|hidden/)
  }
})
