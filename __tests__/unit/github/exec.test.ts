import { exec } from '../../../src/github/exec'

test('the exit code is an answer, and lines come as they are printed', async () => {
  const lines: string[] = []
  const program =
    'process.stdin.on("data", (d) => console.log("got " + d)).on("end", () => { console.error("bad"); process.exit(3) })'
  const result = await exec(process.execPath, ['-e', program], {
    stdin: 'input',
    onLine: (line) => lines.push(line),
  })
  expect(result).toEqual({ code: 3, stdout: 'got input\n', stderr: 'bad\n' })
  expect(lines.toSorted()).toEqual(['bad', 'got input'])
})

test('stdin is closed when there is none, and arguments arrive as they are', async () => {
  const program = 'process.stdin.resume().on("end", () => console.log(JSON.stringify(process.argv.slice(1))))'
  const args = ['a b', '"q"', '$(id)', '']
  expect(JSON.parse((await exec(process.execPath, ['-e', program, '--', ...args])).stdout)).toEqual(args)
})

test('a child does not get the inputs of the action', async () => {
  process.env['INPUT_SSH-KEY'] = 'secret'
  try {
    const { stdout } = await exec(process.execPath, ['-e', 'console.log(JSON.stringify(process.env))'])
    expect(stdout).not.toContain('secret')
    expect(JSON.parse(stdout).PATH).toBe(process.env.PATH)
  } finally {
    delete process.env['INPUT_SSH-KEY']
  }
})

test('a program that is not there is named', async () => {
  await expect(exec('no-such-program', [])).rejects.toThrow('no-such-program')
})
