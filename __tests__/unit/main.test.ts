import type { Command, CommandContext } from '../../src/github/command'
import type { InputsOf } from '../../src/github/inputs'
import { NothingToDo } from '../../src/github/pull-request'
import { main } from '../../src/main'
import { Trouble } from '../../src/release/trouble'

type Context = CommandContext<InputsOf<'rollback'>>
let perform: (context: Context) => Promise<void>
jest.mock(
  '../../src/commands/rollback',
  (): Command<InputsOf<'rollback'>> => ({ run: (context) => perform(context) }),
)

const before = { ...process.env }
const signals = ['SIGINT', 'SIGTERM', 'uncaughtException'] as NodeJS.Signals[]
const environment = {
  GITHUB_RUN_ID: '7',
  GITHUB_SHA: 'a'.repeat(40),
  GITHUB_REPOSITORY: 'shop/web',
  GITHUB_ACTION_REPOSITORY: 'kawasemi/kawasemi',
  INPUT_ENVIRONMENT: 'production',
  'INPUT_SSH-KEY': 'a private key',
  'INPUT_KNOWN-HOSTS': 'pins',
  INPUT_TO: '1.2.0',
}

class Exit extends Error {
  constructor(readonly code: unknown) {
    super('exit')
  }
}

/** Runs the action in this process, up to its `process.exit`. */
async function run(command: typeof perform): Promise<{ code: unknown; lines: string[] }> {
  perform = command
  let printed = ''
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text
    return true
  })
  const exit = jest.spyOn(process, 'exit').mockImplementation((code): never => {
    throw new Exit(code)
  })
  const listeners = signals.map((signal) => ({ signal, there: process.listeners(signal) as unknown[] }))
  process.env = { ...before, ...environment }
  delete process.env.GITHUB_STEP_SUMMARY
  try {
    await main('rollback')
    throw new Error('it did not exit')
  } catch (error) {
    if (!(error instanceof Exit)) throw error
    return { code: error.code, lines: printed.split('\n').filter((line) => !line.startsWith('::add-mask::')) }
  } finally {
    write.mockRestore()
    exit.mockRestore()
    process.env = { ...before }
    for (const { signal, there } of listeners) {
      for (const each of process.listeners(signal))
        if (!there.includes(each)) process.removeListener(signal, each)
    }
  }
}

test('a command that ends well', async () => {
  const { code, lines } = await run(async ({ inputs, run, report }) => {
    expect(inputs.to).toBe('1.2.0')
    expect(run.id).toBe(7)
    expect(report).toMatchObject({ title: 'Rollback', environment: 'production' })
  })
  expect(code).toBe(0)
  expect(lines.filter((line) => line.startsWith('::error'))).toEqual([])
})

test('Trouble in the middle of a stage: the log in a group, then one error that says what to do', async () => {
  const { code, lines } = await run(async ({ reporter }) => {
    reporter.stageBegin('gate')
    reporter.output('web1', 'app output')
    throw new Trouble('Health gate', 'web answered 500.', 'Mend it.', ['::error::from the app'])
  })
  expect(code).toBe(1)
  expect(lines.slice(-8, -1)).toEqual([
    '::endgroup::',
    '::group::Health gate: the log',
    expect.stringMatching(/^::stop-commands::/),
    ':\u200b:error::from the app',
    expect.stringMatching(/^::[0-9a-f-]{36}::$/),
    '::endgroup::',
    '::error title=Health gate::web answered 500. Mend it.',
  ])
})

test('nothing to do is no failure: it says why', async () => {
  const { code, lines } = await run(async () => {
    throw new NothingToDo('There is no plan.')
  })
  expect(code).toBe(0)
  expect(lines).toContain('::notice::There is no plan.')
  expect(lines.filter((line) => line.startsWith('::error'))).toEqual([])
})

test('a bug of ours says so, and where to report it', async () => {
  const { code, lines } = await run(async () => {
    throw new TypeError('undefined is not a thing')
  })
  expect(code).toBe(1)
  expect(lines.filter((line) => line.startsWith('::error'))).toEqual([
    '::error title=This is a bug in Kawasemi::TypeError: undefined is not a thing Please report it at https://github.com/kawasemi/kawasemi/issues with the stack from the log.',
  ])
  expect(lines.join('\n')).toMatch(
    /^::group::This is a bug in Kawasemi: the log\n::stop-commands::\S+\nTypeError/m,
  )
})

test('a cancelled run stops what it does, and says that it was cancelled', async () => {
  const { code, lines } = await run(({ signal }) => {
    setImmediate(() => process.emit('SIGINT', 'SIGINT'))
    return new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(new Error('the socket was closed'))),
    )
  })
  expect(code).toBe(1)
  expect(lines.filter((line) => line.startsWith('::error'))).toEqual([
    expect.stringMatching(/^::error title=This run::was cancelled\./),
  ])
})
