import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Blob, blobPath, type Layout, mediaTypes } from './layout'

export const registryUser = 'kawasemi'

export interface LayoutRegistry {
  /** For one deploy only. Anyone on the host can reach the tunnel, so it is what keeps the images private. */
  readonly password: string
  /** Answers the HTTP requests that come over this stream. */
  handle(stream: Duplex): void
  /** Bytes of manifests and blobs that were sent, and how many of them. */
  readonly bytesSent: number
  readonly blobsSent: number
  close(): void
}

/**
 * A registry (distribution API v2) that only gives, and only what the layout holds, by digest. It listens nowhere:
 * the tunnel hands its streams over. The name in a path does not matter, since a digest says it all.
 */
export function serveLayout(layout: Layout): LayoutRegistry {
  const password = randomBytes(32).toString('hex')
  const expected = sha256(`Basic ${Buffer.from(`${registryUser}:${password}`).toString('base64')}`)
  const sent = { bytes: 0, blobs: 0 }
  const streams = new Set<Duplex>()
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0 }, (request, response) => {
    const wanted = findWanted(layout, request, expected)
    if ('refusal' in wanted) return refuse(request, response, wanted.refusal)
    void send(layout, wanted, request, response, sent)
  })
  return {
    password,
    handle(stream) {
      streams.add(stream)
      stream.on('error', () => stream.destroy()).once('close', () => streams.delete(stream))
      server.emit('connection', stream)
    },
    get bytesSent() {
      return sent.bytes
    },
    get blobsSent() {
      return sent.blobs
    },
    close() {
      for (const stream of streams) stream.destroy()
      server.close()
    },
  }
}

const refusals = {
  unauthorized: { status: 401, code: 'UNAUTHORIZED', message: 'authentication required' },
  method: { status: 405, code: 'UNSUPPORTED', message: 'this registry only gives' },
  name: { status: 404, code: 'NAME_UNKNOWN', message: 'no such address' },
  manifest: { status: 404, code: 'MANIFEST_UNKNOWN', message: 'no such manifest' },
  blob: { status: 404, code: 'BLOB_UNKNOWN', message: 'no such blob' },
} as const

type Wanted = { refusal: keyof typeof refusals } | { base: true } | { digest: string; blob: Blob }

/** Authentication comes first: without it nobody learns what is there. */
function findWanted(layout: Layout, request: IncomingMessage, expected: Buffer): Wanted {
  if (!timingSafeEqual(sha256(request.headers.authorization ?? ''), expected))
    return { refusal: 'unauthorized' }
  if (request.method !== 'GET' && request.method !== 'HEAD') return { refusal: 'method' }
  const path = request.url ?? ''
  if (path === '/v2/' || path === '/v2') return { base: true }
  const [, kind, digest] =
    /^\/v2\/[a-z0-9._/-]{1,255}\/(manifests|blobs)\/(sha256:[0-9a-f]{64})$/.exec(path) ?? []
  if (kind === undefined || digest === undefined) return { refusal: 'name' }
  const blob = Object.hasOwn(layout.blobs, digest) ? layout.blobs[digest] : undefined
  const isManifest = blob?.mediaType === mediaTypes.manifest
  if (blob === undefined || isManifest !== (kind === 'manifests')) {
    return { refusal: kind === 'manifests' ? 'manifest' : 'blob' }
  }
  return { digest, blob }
}

function refuse(request: IncomingMessage, response: ServerResponse, refusal: keyof typeof refusals): void {
  const { status, code, message } = refusals[refusal]
  const body = JSON.stringify({ errors: [{ code, message }] })
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Docker-Distribution-Api-Version': 'registry/2.0',
    ...(status === 401 ? { 'WWW-Authenticate': 'Basic realm="kawasemi"' } : {}),
    ...(status === 405 ? { Allow: 'GET, HEAD' } : {}),
    // What a refused upload still sends is not read.
    ...(request.method === 'GET' || request.method === 'HEAD' ? {} : { Connection: 'close' }),
  })
  response.end(body)
}

async function send(
  layout: Layout,
  wanted: Exclude<Wanted, { refusal: unknown }>,
  request: IncomingMessage,
  response: ServerResponse,
  sent: { bytes: number; blobs: number },
): Promise<void> {
  response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0')
  if ('base' in wanted) {
    response.setHeader('Content-Type', 'application/json')
    response.end('{}')
    return
  }
  const { digest, blob } = wanted
  const range = parseRange(request.headers.range, blob.size)
  response.setHeader('Docker-Content-Digest', digest).setHeader('ETag', `"${digest}"`)
  response.setHeader('Content-Type', blob.mediaType).setHeader('Accept-Ranges', 'bytes')
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${blob.size}`, 'Content-Length': 0 }).end()
    return
  }
  const { start, end } = range ?? { start: 0, end: blob.size - 1 }
  if (range !== undefined) response.setHeader('Content-Range', `bytes ${start}-${end}/${blob.size}`)
  response.writeHead(range === undefined ? 200 : 206, { 'Content-Length': end - start + 1 })
  if (request.method === 'HEAD' || end < start) {
    response.end()
    return
  }
  sent.blobs += 1
  const count = async function* (bytes: AsyncIterable<Buffer>) {
    for await (const chunk of bytes) {
      sent.bytes += chunk.length
      yield chunk
    }
  }
  // A pull that is given up, or a file that vanished, ends the connection: Docker asks again or says so.
  await pipeline(createReadStream(blobPath(layout.dir, digest), { start, end }), count, response).catch(() =>
    response.destroy(),
  )
}

/** One range of bytes, as a resumed pull asks for; anything else is answered whole. */
function parseRange(header: string | undefined, size: number) {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return undefined
  if (from === '')
    return to === '0' || size === 0
      ? 'unsatisfiable'
      : { start: Math.max(0, size - Number(to)), end: size - 1 }
  if (Number(from) >= size) return 'unsatisfiable'
  if (to !== '' && Number(to) < Number(from)) return undefined
  return { start: Number(from), end: to === '' ? size - 1 : Math.min(Number(to), size - 1) }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
