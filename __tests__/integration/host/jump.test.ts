import { type Connection, connect } from '../../../src/host/connection'
import { waysTo } from '../../../src/host/jump'
import { freePort, type Sshd, startSshd, startWire, type Wire } from './sshd'

/** Two servers; the inner ones are reached through `outer`, on the way to which a wire counts connections. */

let outer: Sshd
let inner: Sshd
let wire: Wire
const opened: Connection[] = []

beforeAll(async () => {
  outer = await startSshd()
  inner = await startSshd({ authorized: [outer.userKey] })
  wire = await startWire(outer.port)
})
afterAll(async () => {
  await Promise.all(opened.map((connection) => connection.close()))
  await wire.stop()
  await outer.stop()
  await inner.stop()
})

const address = (port: number, user = outer.user) => ({
  name: `127.0.0.1:${port}`,
  address: '127.0.0.1',
  port,
  user,
})
const login = () => ({
  privateKey: outer.userKey.privateKey,
  knownHosts: [
    inner.options.knownHosts,
    ...[wire.port, outer.port].map((port) => `[127.0.0.1]:${port} ${outer.hostKeys[0]!.publicKey}`),
  ].join('\n'),
})

async function through(ports: number[], jump = address(wire.port), changes = {}): Promise<Connection[]> {
  const ways = waysTo(
    ports.map((port) => ({ ...address(port), jump })),
    { ...login(), ...changes },
  )
  return Promise.all(
    ways.map(async (way) => {
      const connection = await connect(way)
      opened.push(connection)
      return connection
    }),
  )
}

async function failure(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => new Error('was reached'),
    (reason) => reason,
  )
  return error.message
}

async function say(connection: Connection, program: string): Promise<string> {
  const lines: string[] = []
  const { code } = await connection.run(program, (line) => lines.push(line))
  expect(code).toBe(0)
  return lines.join('\n')
}

test('hosts behind the same one share one connection to it, which ends with the last of them', async () => {
  const before = wire.connections()
  const [first, second] = (await through([inner.port, inner.port])) as [Connection, Connection]
  expect(wire.connections() - before).toBe(1)
  expect(first.name).toBe(`${outer.user}@127.0.0.1:${inner.port}`)
  expect(await say(first, 'echo $SSH_CONNECTION | cut -d " " -f 4')).toBe(String(inner.port))
  expect(await say(second, 'seq 1 200000 | tail -n 1')).toBe('200000')
  expect(second.traffic.bytesIn).toBeGreaterThan(1000)
  await first.close()
  expect(await say(second, 'echo still here')).toBe('still here')
  await second.close()
  await wire.idle()
})

test('two in a row: each is pinned, shared, and left with the last host behind it', async () => {
  const second = await startSshd({ authorized: [outer.userKey] })
  const between = await startWire(second.port)
  try {
    const chain = { ...address(between.port), jump: address(wire.port) }
    const unpinned = await failure(through([inner.port], chain))
    expect(unpinned).toContain(`known-hosts: has no key for [127.0.0.1]:${between.port}`)
    const knownHosts = `${login().knownHosts}\n[127.0.0.1]:${between.port} ${second.hostKeys[0]!.publicKey}`
    const before = wire.connections()
    const [one, other] = (await through([inner.port, inner.port], chain, { knownHosts })) as [
      Connection,
      Connection,
    ]
    expect([wire.connections() - before, between.connections()]).toEqual([1, 1])
    expect(await say(one, 'echo $SSH_CONNECTION | cut -d " " -f 4')).toBe(String(inner.port))
    await one.close()
    expect(await say(other, 'echo still here')).toBe('still here')
    await other.close()
    await Promise.all([between.idle(), wire.idle()])
  } finally {
    await between.stop()
    await second.stop()
  }
})

test('streams and large programs pass', async () => {
  const [connection] = (await through([inner.port])) as [Connection]
  const text = 'x'.repeat(3_000_000)
  expect(await say(connection, `main() {\nprintf %s ${text} | wc -c\n}\nmain\n`)).toBe('3000000')
  await connection.close()
})

test('a lost way is the loss of the host, and the next connection makes a new one', async () => {
  const [way] = waysTo([{ ...address(inner.port), jump: address(wire.port) }], login())
  const lost = await connect(way!)
  wire.cut()
  expect((await lost.closed)?.message).toMatch(
    new RegExp(`127\\.0\\.0\\.1:${inner.port}: the SSH connection ended`),
  )
  const again = await connect(way!)
  expect(await say(again, 'echo again')).toBe('again')
  await again.close()
})

describe('what is wrong is said of the one that it is wrong with', () => {
  const jumpName = () => `${outer.user}@127.0.0.1:${wire.port} (jump host)`

  test('nothing listens behind the jump host', async () => {
    const port = await freePort()
    const text = login()
    const knownHosts = `${text.knownHosts}\n[127.0.0.1]:${port} ${inner.hostKeys[0]!.publicKey}`
    const message = await failure(through([port], undefined, { knownHosts }))
    expect(message).toContain(
      `${outer.user}@127.0.0.1:${port}: ${jumpName()} does not reach 127.0.0.1 port ${port} (`,
    )
  })

  test('the jump host itself does not answer', async () => {
    const port = await freePort()
    const { knownHosts } = login()
    const pinned = `${knownHosts}\n[127.0.0.1]:${port} ${outer.hostKeys[0]!.publicKey}`
    const message = await failure(through([inner.port], address(port), { knownHosts: pinned }))
    expect(message).toContain(`127.0.0.1:${port} (jump host): 127.0.0.1 refuses connections on port ${port}`)
  })

  test('the jump host forbids it', async () => {
    const strict = await startSshd({ config: ['AllowTcpForwarding no'], authorized: [outer.userKey] })
    try {
      const knownHosts = `${login().knownHosts}\n${strict.options.knownHosts}`
      const message = await failure(through([inner.port], address(strict.port), { knownHosts }))
      expect(message).toContain(
        `127.0.0.1:${inner.port}: ${outer.user}@127.0.0.1:${strict.port} (jump host) forbids`,
      )
      expect(message).toContain('AllowTcpForwarding')
    } finally {
      await strict.stop()
    }
  })

  test('one of the two is not pinned, or by another key', async () => {
    const [jumpLine, innerLine] = [login().knownHosts.split('\n')[1]!, inner.options.knownHosts]
    expect(await failure(through([inner.port], undefined, { knownHosts: innerLine }))).toContain(
      `known-hosts: has no key for [127.0.0.1]:${wire.port}`,
    )
    expect(await failure(through([inner.port], undefined, { knownHosts: jumpLine }))).toContain(
      `known-hosts: has no key for [127.0.0.1]:${inner.port}`,
    )
    const swapped = `${jumpLine}\n[127.0.0.1]:${inner.port} ${outer.hostKeys[0]!.publicKey}`
    expect(await failure(through([inner.port], undefined, { knownHosts: swapped }))).toMatch(
      new RegExp(`^${outer.user}@127\\.0\\.0\\.1:${inner.port}: the host key is not the pinned one`),
    )
  })

  test('one of the two does not take the key', async () => {
    const { privateKey } = inner.userKey
    expect(await failure(through([inner.port], undefined, { privateKey }))).toContain(
      '(jump host): the server does not accept this key',
    )
    const closed = await startSshd()
    try {
      const knownHosts = `${login().knownHosts}\n${closed.options.knownHosts}`
      expect(await failure(through([closed.port], undefined, { knownHosts }))).toMatch(
        new RegExp(`^${outer.user}@127\\.0\\.0\\.1:${closed.port}: the server does not accept this key`),
      )
    } finally {
      await closed.stop()
    }
  })

  test('and leaves no connection behind', () => wire.idle())
})

test('a cancel ends both', async () => {
  const cancel = new AbortController()
  const [connection] = (await through([inner.port], undefined, { signal: cancel.signal })) as [Connection]
  cancel.abort(new Error('cancelled'))
  expect((await connection.closed)?.message).toBe('cancelled')
  await wire.idle()
})
