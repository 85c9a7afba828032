import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageFor, postMessage } from '../../../src/github/webhook'

const of = {
  repository: 'example/shop',
  app: 'shop',
  environment: 'production',
  runUrl: 'https://github.com/example/shop/actions/runs/7',
}
const trouble = { check: 'disk', of: 'web1', found: '91 % <used>', fix: 'Free some.' } as const

test('a message names what is wrong, and leads to issue and run', () => {
  expect(messageFor(of, [trouble], { url: 'https://github.com/example/shop/issues/1' })).toBe(
    [
      ':warning: Trouble in *production* of *shop* (<https://github.com/example/shop/issues/1|issue>, <https://github.com/example/shop/actions/runs/7|run>)',
      '• disk of web1: 91 % &lt;used&gt;',
    ].join('\n'),
  )
  expect(messageFor(of, [], { url: '' })).toMatch(/^:white_check_mark: All is well again in \*production\*/)
})

test('of very many troubles the first are told', () => {
  const lines = messageFor(of, Array(30).fill(trouble), { url: '' }).split('\n')
  expect([lines.length, lines.at(-1)]).toEqual([22, '… and 10 more'])
})

describe('posting', () => {
  let server: Server
  let taken: unknown[]
  let status: number
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/s3cret`
  beforeEach(async () => {
    taken = []
    status = 200
    server = createServer(async (request, response) => {
      let text = ''
      for await (const chunk of request.setEncoding('utf8')) text += chunk
      taken.push([request.method, request.url, JSON.parse(text)])
      response.writeHead(status).end('ok')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => server.close())

  test('is one request', async () => {
    await postMessage(address(), 'text')
    expect(taken).toEqual([['POST', '/hook/s3cret', { text: 'text' }]])
  })

  test('trouble with it holds nothing of the address', async () => {
    status = 404
    await expect(postMessage(address(), 'text')).rejects.toThrow(/^status 404$/)
    const gone = address()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await expect(postMessage(gone, 'text')).rejects.toThrow(/^no answer \(ECONNREFUSED\)$/)
  })
})
