import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttpServer, get, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect as connectSocket, createServer, type Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { until } from '../../../lab/run'
import {
  type Connection,
  ConnectionLost,
  type Conversation,
  ForwardingForbidden,
  PortClosed,
} from '../../../src/host/connection'
import { MAX_LINE_BYTES } from '../../../src/host/lines'
import { quote } from '../../../src/host/quote'
import { freePort, type Sshd, startSshd, startWire } from './sshd'

let sshd: Sshd
let connection: Connection
beforeAll(async () => {
  sshd = await startSshd({ config: ['MaxSessions 3'] })
  connection = await sshd.connect()
})
afterAll(() => sshd.stop())

async function run(program: string, via = connection) {
  const out: string[] = []
  const err: string[] = []
  const exit = await via.run(program, (line, stream) => (stream === 'out' ? out : err).push(line))
  return { ...exit, out, err }
}

async function linesOf(conversation: Conversation): Promise<string[]> {
  const lines: string[] = []
  for await (const line of conversation.lines) lines.push(line)
  return lines
}

describe('a program', () => {
  test('gives its lines and its status', async () => {
    expect(await run('echo one; echo two >&2; printf three; exit 7')).toEqual({
      code: 7,
      out: ['one', 'three'],
      err: ['two'],
    })
  })

  test('that was killed gives its signal', async () => {
    expect(await run('kill -TERM $$')).toEqual({ code: undefined, signal: 'SIGTERM', out: [], err: [] })
  })

  test('may have a child that reads standard input, and goes on after it', async () => {
    expect(await run('main() {\ncat\necho after\n}\nmain\n')).toEqual({ code: 0, out: ['after'], err: [] })
  })

  test('may be larger than a megabyte, and does not run before all of it is there', async () => {
    const value = 'ü$`"\n'.repeat(300_000)
    const { out } = await run(`main() {\nprintf %s ${quote(value)} | sha256sum\n}\nmain\n`)
    expect(out).toEqual([`${createHash('sha256').update(value).digest('hex')}  -`])
  })

  test('that ends before it has read all of itself gives its status', async () => {
    expect((await run(`exit 3\n${'# more\n'.repeat(500_000)}`)).code).toBe(3)
  })

  test('may print very much', async () => {
    let count = 0
    let last = ''
    const { code } = await connection.run('seq 1 1000000', (line) => {
      count += 1
      last = line
    })
    expect({ code, count, last }).toEqual({ code: 0, count: 1_000_000, last: '1000000' })
  })

  test('may print bytes that are no text', async () => {
    const { code, out } = await run("head -c 300000 /dev/urandom; printf '\\n\\377\\376ok\\000\\n'")
    expect(code).toBe(0)
    expect(out.at(-1)).toBe('\ufffd\ufffdok\0')
  })

  test('may print a line without end', async () => {
    const { out } = await run(`head -c ${MAX_LINE_BYTES + 5} /dev/zero | tr '\\0' x; echo; echo next`)
    expect(out[0]?.slice(MAX_LINE_BYTES)).toBe('… (5 bytes more)')
    expect(out[1]).toBe('next')
  })

  test('is given up when the reader of its lines throws', async () => {
    const failing = connection.run('echo line; sleep 1', () => {
      throw new Error('reader')
    })
    await expect(failing).rejects.toThrow('reader')
    expect((await run('echo still there')).out).toEqual(['still there'])
  })

  test('takes one channel and few round trips', async () => {
    const before = connection.traffic
    await run('echo hello')
    const { execChannels, roundTrips, bytesIn, bytesOut } = connection.traffic
    expect(execChannels - before.execChannels).toBe(1)
    expect(roundTrips - before.roundTrips).toBeLessThanOrEqual(5)
    expect(bytesOut - before.bytesOut).toBeGreaterThan(0)
    expect(bytesIn - before.bytesIn).toBeLessThan(2000)
  })

  test('is refused clearly where the server allows no more sessions', async () => {
    // On a connection of its own: sshd frees the session of an ended program a moment after it has told the end.
    const full = await sshd.connect()
    try {
      const held = await Promise.all([1, 2, 3].map(() => full.converse('read -r line')))
      await expect(run('echo', full)).rejects.toThrow(/refused to start a program.*MaxSessions/s)
      for (const each of held) each.end()
      await Promise.all(held.map(({ exit }) => exit))
    } finally {
      await full.close()
    }
  })

  test('is the same under a login shell that prints', async () => {
    const server = await startSshd({
      config: [`ForceCommand echo Welcome; echo motd >&2; eval "$SSH_ORIGINAL_COMMAND"`],
    })
    try {
      const via = await server.connect()
      expect(await run('main() { echo hello; exit 4; }\nmain\n', via)).toEqual({
        code: 4,
        out: ['Welcome', 'hello'],
        err: ['motd'],
      })
      const talk = await via.converse('read -r line; echo "got $line"')
      talk.send('one')
      const lines = await linesOf(talk)
      expect(lines).toEqual(expect.arrayContaining(['Welcome', 'motd', 'got one']))
    } finally {
      await server.stop()
    }
  })
})

describe('a conversation', () => {
  test('carries lines both ways, from the first on', async () => {
    const talk = await connection.converse(
      'main() {\nwhile read -r line; do echo "got $line"; done\necho bye >&2\nexit 5\n}\nmain\n',
    )
    talk.send('one')
    talk.send(`two ' " $HOME \\`)
    const lines = talk.lines[Symbol.asyncIterator]()
    expect((await lines.next()).value).toBe('got one')
    expect((await lines.next()).value).toBe(`got two ' " $HOME \\`)
    talk.end()
    expect((await lines.next()).value).toBe('bye')
    expect((await lines.next()).done).toBe(true)
    expect(await talk.exit).toEqual({ code: 5 })
  })

  test('sends nothing after its end, and never two lines as one', async () => {
    const talk = await connection.converse('exit 0')
    await talk.exit
    talk.send('late')
    talk.end()
    expect(() => talk.send('two\nlines')).toThrow(RangeError)
  })

  test('takes a program with every kind of character', async () => {
    const talk = await connection.converse(
      `printf '%s\\n' ${quote('ü \'"$`\\ \n\n \u{1f426}')}\nread -r line\necho "$line"\n`,
    )
    talk.send('x')
    expect(await linesOf(talk)).toEqual(['ü \'"$`\\ ', '', ' \u{1f426}', 'x'])
  })
})

describe('a stream to the host', () => {
  let server: Server
  let port: number
  beforeAll(async () => {
    server = createServer({ allowHalfOpen: true }, (socket) => void socket.on('error', () => {}).pipe(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => void server.close())

  test('twenty at once, each with its own bytes', async () => {
    const echo = async (number: number) => {
      const sent = `${number} `.repeat(50_000)
      const stream = await connection.dial(port)
      stream.end(sent)
      expect((await text(stream)) === sent).toBe(true)
    }
    await Promise.all(Array.from({ length: 20 }, (_, number) => echo(number)))
  })

  test('closes on both sides', async () => {
    const arrived = once(server, 'connection')
    const stream = await connection.dial(port)
    const [far] = (await arrived) as [Duplex]
    const gone = once(far, 'end')
    stream.destroy()
    await Promise.all([once(stream, 'close'), gone])

    const again = once(server, 'connection')
    const second = await connection.dial(port)
    const [farther] = (await again) as [Duplex]
    const closed = once(second.resume(), 'close')
    second.end()
    farther.destroy()
    await closed
  })

  test('carries HTTP', async () => {
    const web = createHttpServer((request, response) => void response.end(`you asked ${request.url}`))
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    const stream = await connection.dial((web.address() as AddressInfo).port)
    const request = get({ path: '/health', timeout: 1000, createConnection: () => stream })
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    expect(await text(response)).toBe('you asked /health')
    await new Promise((resolve) => web.close(resolve))
  })

  test('a closed port and a forbidden one are told apart', async () => {
    const closed = await freePort()
    await expect(connection.dial(closed)).rejects.toThrow(PortClosed)
    await expect(connection.dial(closed)).rejects.toThrow(
      `nothing accepts connections on 127.0.0.1:${closed}`,
    )
  })

  test('where the server forwards none, a program there passes the bytes on', async () => {
    const web = createHttpServer((request, response) => {
      if (request.url === '/large') response.end('x'.repeat(1_000_000))
      else if (request.url !== '/never') response.end(`you asked ${request.url}`)
    })
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    const strict = await startSshd({ config: ['DisableForwarding yes'] })
    try {
      const via = await strict.connect()
      const { port } = web.address() as AddressInfo
      const ask = async (path: string) => {
        const stream = await via.dial(port)
        const request = get({ path, createConnection: () => stream })
        const [response] = (await once(request, 'response')) as [IncomingMessage]
        return text(response)
      }
      expect(await ask('/health')).toBe('you asked /health')
      expect((await ask('/large')).length).toBe(1_000_000)
      const closed = await freePort()
      await expect(via.dial(closed)).rejects.toThrow(PortClosed)
      // One that is given up leaves nothing behind.
      const stream = await via.dial(port)
      stream.write('GET /never HTTP/1.1\r\nHost: x\r\n\r\n')
      await until(
        async () => (await open(web)) === 1,
        10,
        () => 'The request does not arrive.',
      )
      stream.destroy()
      await until(
        async () => (await open(web)) === 0,
        10,
        () => 'The connection stays.',
      )
      expect((await run('echo works', via)).out).toEqual(['works'])
    } finally {
      await strict.stop()
      web.closeAllConnections()
      await new Promise((resolve) => web.close(resolve))
    }
  })

  test('where neither is possible, it says what to change', async () => {
    const strict = await startSshd({ config: ['AllowTcpForwarding no', 'SetEnv PATH=/nowhere'] })
    try {
      const via = await strict.connect()
      await expect(via.dial(port)).rejects.toThrow(ForwardingForbidden)
      await expect(via.listen(() => {})).rejects.toThrow(ForwardingForbidden)
    } finally {
      await strict.stop()
    }
  })
})

function open(web: ReturnType<typeof createHttpServer>): Promise<number> {
  return new Promise((resolve, reject) =>
    web.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
}

describe('a port of the host that leads here', () => {
  test('hands over what arrives, until it is closed', async () => {
    const first = await connection.listen((stream) => void stream.end('first'))
    const second = await connection.listen((stream) => void stream.pipe(stream))
    expect(await text(connectSocket(first.port, '127.0.0.1'))).toBe('first')
    const socket = connectSocket(second.port, '127.0.0.1')
    const sent = 'x'.repeat(1_000_000)
    socket.end(sent)
    expect((await text(socket)) === sent).toBe(true)
    await first.close()
    await first.close()
    const [error] = await once(connectSocket(first.port, '127.0.0.1'), 'error')
    expect((error as NodeJS.ErrnoException).code).toBe('ECONNREFUSED')
    await second.close()
  })

  test('is on loopback only', async () => {
    const { port, close } = await connection.listen((stream) => void stream.end())
    const listening = execFileSync('sh', [
      '-c',
      `cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -i ':${port.toString(16).padStart(4, '0')} .* 0A '`,
    ]).toString()
    expect(listening.trim().split('\n')).toHaveLength(1)
    expect(listening).toContain('0100007F:')
    await close()
  })
})

describe('when the connection is lost', () => {
  async function lossy<T>(
    then: (via: Connection, wire: Awaited<ReturnType<typeof startWire>>) => Promise<T>,
  ): Promise<T> {
    const wire = await startWire(sshd.port)
    try {
      const { publicKey } = sshd.hostKeys[0] as { publicKey: string }
      return await then(
        await sshd.connect({ port: wire.port, knownHosts: `[127.0.0.1]:${wire.port} ${publicKey}` }),
        wire,
      )
    } finally {
      await wire.stop()
    }
  }

  test('all that is under way says so', () =>
    lossy(async (via, wire) => {
      const talk = await via.converse('read -r line')
      const server = createServer((socket) => void socket.on('error', () => {}).write('half an answer'))
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const stream = await via.dial((server.address() as AddressInfo).port)
      await once(stream, 'data')
      const failed = once(stream, 'error')
      const lines: string[] = []
      const running = via.run('echo started; sleep 2; echo ended', (line) => {
        lines.push(line)
        wire.cut()
      })
      await expect(running).rejects.toThrow(ConnectionLost)
      expect(lines).toEqual(['started'])
      await expect(talk.exit).rejects.toThrow(ConnectionLost)
      expect(await linesOf(talk)).toEqual([])
      expect((await failed)[0]).toBeInstanceOf(ConnectionLost)
      expect(await via.closed).toBeInstanceOf(ConnectionLost)
      await expect(via.run('echo', () => {})).rejects.toThrow(ConnectionLost)
      await expect(via.converse('echo')).rejects.toThrow(ConnectionLost)
      await expect(via.dial(1)).rejects.toThrow(ConnectionLost)
      await expect(via.listen(() => {})).rejects.toThrow(ConnectionLost)
      await via.close()
      server.close()
    }))

  test('a server that falls silent is given up', async () => {
    jest.useFakeTimers({
      doNotFake: [
        'nextTick',
        'setImmediate',
        'clearImmediate',
        'queueMicrotask',
        'Date',
        'performance',
        'hrtime',
      ],
    })
    try {
      await lossy(async (via, wire) => {
        const running = via.run('echo started; sleep 2', () => wire.mute())
        running.catch(() => {})
        const lost = via.closed
        let ended = false
        void lost.then(() => {
          ended = true
        })
        while (!ended) {
          jest.advanceTimersByTime(15_000)
          await new Promise((resolve) => setImmediate(resolve))
        }
        await expect(running).rejects.toThrow(/Keepalive timeout/)
      })
    } finally {
      jest.useRealTimers()
    }
  })

  test('a cancelled run ends it with its own reason', async () => {
    const abort = new AbortController()
    const via = await sshd.connect({ signal: abort.signal })
    const reason = new Error('cancelled')
    await expect(via.run('echo started; sleep 2', () => abort.abort(reason))).rejects.toBe(reason)
    expect(await via.closed).toBe(reason)
  })

  test('by ourselves, it is no error', async () => {
    const via = await sshd.connect()
    await Promise.all([via.close(), via.close()])
    expect(await via.closed).toBeUndefined()
    await expect(via.run('echo', () => {})).rejects.toThrow(/closed on our side/)
  })
})
