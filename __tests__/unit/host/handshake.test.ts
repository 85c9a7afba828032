import { Socket } from 'node:net'
import { connect } from '../../../src/host/connection'
import { socketTrouble } from '../../../src/host/connection-trouble'
import { hostKey, makeKey } from './keys'

const mockSocket = new Socket()
jest.mock('node:net', () => ({ ...jest.requireActual('node:net'), connect: () => mockSocket }))

test('a host that never answers is given up after 15 seconds', async () => {
  const { privateKey } = makeKey('-t', 'ed25519')
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] })
  try {
    const knownHosts = `web.example ${hostKey().text}`
    const attempt = connect({ address: 'web.example', port: 22, user: 'deploy', privateKey, knownHosts })
    const failure = attempt.catch((error) => error)
    while (jest.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve))
    jest.advanceTimersByTime(15_000)
    expect((await failure).message).toMatch(
      /^deploy@web\.example: web\.example did not answer on port 22 in time/,
    )
    expect(mockSocket.destroyed).toBe(true)
  } finally {
    jest.useRealTimers()
  }
})

test.each([
  ['ENOTFOUND', /the name web\.example does not exist in DNS/],
  ['EAI_AGAIN', /DNS gave no answer for web\.example/],
  ['ECONNREFUSED', /web\.example refuses connections on port 2222.*sshd/],
  ['ETIMEDOUT', /web\.example did not answer on port 2222 in time.*firewall/],
  ['EHOSTUNREACH', /there is no way from here to web\.example \(EHOSTUNREACH\)/],
  ['EOTHER', /no connection to web\.example port 2222 \(EOTHER\)/],
])('%s has words of its own, also for several addresses', (code, message) => {
  const target = { name: 'deploy@web.example:2222', address: 'web.example', port: 2222, user: 'deploy' }
  const error = Object.assign(new Error('failed'), { code })
  expect(socketTrouble(target, error).message).toMatch(message)
  expect(socketTrouble(target, new AggregateError([error, error])).message).toMatch(message)
})
