import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { factsLibrary } from '../../../src/host/libraries'
import { type Call, call } from '../../../src/host/program'
import { parseLine } from '../../../src/host/records'
import { renderEnvFile } from '../../../src/runtimes/env-file'
import { renderEnvironment } from '../../../src/runtimes/systemd-environment'
import { fileSum, readEntries, sections, sumOf, variables } from '../../../src/stages/entries'
import { type Folder, makeFolder } from '../host/shell'
import { library } from './shell'

/* What a host tells of its live release is what the runner finds in the same text, whatever that is. */

const key = 'c0ffee'.repeat(8)

let folder: Folder
beforeEach(() => {
  folder = makeFolder()
})
afterEach(() => folder.remove())

/** The facts that calls tell, and all that they print. */
function ask(...calls: Call[]): { facts: Map<string, unknown>; output: string } {
  const { output, status } = folder.run([factsLibrary, library('stages/plan.sh')], calls)
  expect(status).toBe(0)
  const facts = new Map<string, unknown>()
  for (const line of output.split('\n')) {
    const parsed = parseLine('n', line)
    if (parsed.kind === 'record' && parsed.record.k === 'fact')
      facts.set(parsed.record.name, parsed.record.value)
    else expect(line).toBe('')
  }
  return { facts, output }
}

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,6}$/)
const tricky = fc.stringMatching(/^[\\"$`'\n\r \tA=]{0,12}$/)
const value = fc.oneof(
  tricky,
  fc
    .string({ unit: 'binary' })
    .filter((text) => !text.includes('\0') && !/[\p{Cs}\p{Noncharacter_Code_Point}]/u.test(text)),
  fc.constantFrom('a\nOTHER="b"\n', 'x\\', '"\nA="'),
)
const env = fc.dictionary(name, value, { maxKeys: 6 })

test.each([
  ['Compose', renderEnvFile],
  ['systemd', renderEnvironment],
])('of the variables for %s each has its name told, and a sum that both sides come to', (_, render) => {
  fc.assert(
    fc.property(env, (values) => {
      const content = render(values)
      folder.write('env', content)
      const { facts } = ask(call('plan_variables', key, `${folder.base}/env`))
      const told = readEntries(facts.get('variables'))
      expect(new Map(told)).toEqual(variables(key, content))
      expect([...told.keys()].sort()).toEqual(Object.keys(values).sort())
    }),
    { numRuns: 25 },
  )
})

const line = fc.oneof(
  fc.stringMatching(/^[ ]{0,5}[A-Za-z_"\\{}[\],: ]{0,12}$/),
  fc.constantFrom(
    'A="b"',
    'A="',
    '"',
    '  "services": {',
    '    "web": {',
    '    "x": {},',
    '    },',
    '  },',
    '    "y": [',
  ),
)

test('whatever else the files hold, both sides find the same in it', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.boolean(), (lines, ended) => {
      const content = lines.join('\n') + (ended ? '\n' : '')
      folder.write('file', content)
      const file = `${folder.base}/file`
      const { facts } = ask(call('plan_variables', key, file), call('plan_sections', 'slot', key, file))
      expect(new Map(readEntries(facts.get('variables')))).toEqual(variables(key, content))
      expect(new Map(readEntries(facts.get('slot')))).toEqual(sections(key, content))
    }),
    { numRuns: 40 },
  )
})

test('of a compose project every service, network and volume is an entry', () => {
  const project = (image: string) => ({
    name: 'shop-blue',
    services: { 'web-blue': { image, command: ['a', 'b'] }, 'worker-blue': {} },
    networks: { default: null, own: { name: 'x' } },
    volumes: {},
  })
  const text = (image: string) => `${JSON.stringify(project(image), undefined, 2)}\n`
  const found = sections(key, text('one'))
  expect([...found.keys()]).toEqual([
    'services/web-blue',
    'services/worker-blue',
    'networks/default',
    'networks/own',
  ])
  const other = sections(key, text('two'))
  expect([...found].filter(([entry, sum]) => other.get(entry) !== sum).map(([entry]) => entry)).toEqual([
    'services/web-blue',
  ])
})

test('no value is told, nor a sum that could be guessed without the key', () => {
  folder.write('env', renderEnvFile({ PASSWORD: 'hunter22', PIN: '1234' }))
  const { output } = ask(call('plan_variables', key, `${folder.base}/env`))
  expect(output).toContain('PASSWORD:')
  expect(output).not.toMatch(/hunter22|1234/)
  expect(output).not.toContain(sumOf('', 'PIN="1234"'))
  expect(output).not.toContain(key)
  const again = ask(call('plan_variables', 'another', `${folder.base}/env`))
  expect(again.output).not.toContain(sumOf(key, 'PIN="1234"'))
})

test('files are told in the order they were asked for, those that are missing too', () => {
  folder.write("it's", 'one')
  const { facts } = ask(call('plan_files', key, folder.base, "it's", 'none', '../none'))
  expect(facts.get('files')).toBe(`${fileSum(key, 'one')} - -`)
})

test('what is not there is left out', () => {
  const missing = `${folder.base}/none`
  const { facts } = ask(
    call('plan_variables', key, missing),
    call('plan_sections', 'slot', key, missing),
    call('plan_list', missing),
    call('plan_lease'),
  )
  expect([...facts.keys()]).toEqual([])
})

test('a list of files comes in parts that make one whole', () => {
  folder.write('files.list', 'some text\n')
  const { facts } = ask(call('plan_list', `${folder.base}/files.list`))
  const bytes = Buffer.from(String(facts.get('list-0')), 'base64')
  expect(bytes.subarray(0, 2)).toEqual(gzipSync('').subarray(0, 2))
})

test('who holds the lease is told while it runs', () => {
  const lease = (expires: number) =>
    `{"token":3,"expires":${expires},"owner":"7/1/deploy","url":"https://ci.example/7","since":5}\n`
  folder.write('lease.json', lease(9_999_999_999))
  expect(ask(call('plan_lease')).facts.get('held')).toMatchObject({
    owner: '7/1/deploy',
    url: 'https://ci.example/7',
  })
  folder.write('lease.json', lease(5))
  expect(ask(call('plan_lease')).facts.size).toBe(0)
})

test('a host that tells something else is not believed', () => {
  fc.assert(
    fc.property(fc.anything(), (fact) => {
      for (const [entry, sum] of readEntries(fact)) {
        expect(entry).toMatch(/^[A-Za-z0-9_./-]{1,300}$/)
        expect(sum).toMatch(/^[0-9a-f]{64}$/)
      }
    }),
  )
})
