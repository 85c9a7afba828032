import type { Duplex } from 'node:stream'
import type { Client, Dispatcher } from 'undici'
import { type Answer, mostBody, oneLine } from './answer'

export interface ProbeRequest {
  /** The domain whose `Host` is sent; without it, frameworks answer 400 instead of the app. */
  host: string
  path: string
  /** Milliseconds for all of it: connecting, headers and body. */
  timeout: number
}

/**
 * Asks a service over a connection that is given: in a deploy a channel through the SSH connection to the host's
 * loopback. Nothing else is dialled, redirects are not followed, and whatever goes wrong is an answer too.
 */
export async function probe(request: ProbeRequest, connect: () => Promise<Duplex>): Promise<Answer> {
  const { Client } = await import('undici')
  // The origin is only a name here: what `connect` gives is used in its place. A channel has all the client needs
  // of a socket; one that opens after the time is over is closed by it.
  const client = new Client('http://127.0.0.1', {
    connect: (_, done) => {
      connect().then(
        (stream) => done(null, stream as never),
        (error: Error) => done(error, null),
      )
    },
  })
  return ask(client, request)
}

/**
 * Asks any `http:` or `https:` address, the certificate checked.
 *
 * @param timeout milliseconds for all of it
 * @throws {RangeError} when the address is not one
 */
export async function probeUrl(address: string, timeout: number): Promise<Answer> {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new RangeError('not an http:// or https:// address without a user name')
  }
  const { Client } = await import('undici')
  const client = new Client(url.origin, { allowH2: false })
  return ask(client, { host: url.host, path: `${url.pathname}${url.search}`, timeout })
}

class OutOfTime extends Error {}

async function ask(client: Client, { host, path, timeout }: ProbeRequest): Promise<Answer> {
  const began = performance.now()
  let answered = false
  let timer: NodeJS.Timeout | undefined
  const outOfTime = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OutOfTime()), timeout)
  })
  const exchange = async (): Promise<Answer> => {
    const headers = { host, 'x-forwarded-proto': 'https', 'user-agent': 'kawasemi', accept: '*/*' }
    const response = await client.request({ path, method: 'GET', headers, reset: true })
    answered = true
    const { text, cut } = await readBody(response.body)
    const ms = performance.now() - began
    return {
      kind: 'answered',
      status: response.statusCode,
      headers: flat(response.headers),
      body: text,
      cut,
      ms,
    }
  }
  try {
    return await Promise.race([exchange(), outOfTime])
  } catch (error) {
    const ms = performance.now() - began
    const late = answered
      ? `an answer that did not end within ${timeout} ms`
      : `no answer within ${timeout} ms`
    return { kind: 'unanswered', reason: error instanceof OutOfTime ? late : reasonOf(error), ms }
  } finally {
    clearTimeout(timer)
    client.destroy().catch(() => undefined)
  }
}

async function readBody(body: Dispatcher.ResponseData['body']): Promise<{ text: string; cut: boolean }> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    // Leaving the loop destroys the body, and with it the connection.
    if (length > mostBody) break
  }
  return { text: Buffer.concat(chunks).subarray(0, mostBody).toString('utf8'), cut: length > mostBody }
}

function flat(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    [value].flat().join(', '),
  ])
  return Object.fromEntries(entries)
}

function reasonOf(error: unknown): string {
  const {
    code = '',
    name,
    message = String(error),
  } = error as { code?: unknown; name?: string; message?: string }
  // The tunnel says it in words of its own.
  if (/refused|nothing accepts connections/i.test(`${code} ${message}`)) return 'connection refused'
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE') {
    return 'connection closed before the answer was complete'
  }
  if (name === 'HTTPParserError') return 'an answer that is not HTTP'
  return oneLine(`no answer: ${message}`, 300)
}
