import { rmSync } from 'node:fs'
import { duplexPair } from 'node:stream'
import fc from 'fast-check'
import { type Layout, readLayout } from '../../../src/images/layout'
import { type LayoutRegistry, serveLayout } from '../../../src/images/registry'
import { sha256, writeLayout } from './layout-fixture'

interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** Asks over a bare stream, as the tunnel hands it over, and reads to its end. */
async function ask(registry: LayoutRegistry, request: string): Promise<Answer> {
  const [ours, theirs] = duplexPair()
  registry.handle(theirs)
  ours.write(request)
  const chunks: Buffer[] = []
  for await (const chunk of ours) chunks.push(chunk as Buffer)
  const all = Buffer.concat(chunks)
  const end = all.indexOf('\r\n\r\n')
  const [first, ...lines] = all.subarray(0, end).toString().split('\r\n')
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 2),
  ])
  return {
    status: Number(first!.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: all.subarray(end + 4),
  }
}

describe('serveLayout', () => {
  let dir: string
  let layout: Layout
  let registry: LayoutRegistry
  beforeAll(async () => {
    dir = writeLayout()
    layout = await readLayout(dir)
  })
  beforeEach(() => {
    registry = serveLayout(layout)
  })
  afterEach(() => registry.close())
  afterAll(() => rmSync(dir, { recursive: true }))

  const basic = (user: string, password: string) =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const request = (method: string, path: string, headers: Record<string, string> = {}) => {
    const all = {
      Host: 'x',
      Connection: 'close',
      Authorization: basic('kawasemi', registry.password),
      ...headers,
    }
    return `${method} ${path} HTTP/1.1\r\n${Object.entries(all)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`
  }
  const get = (path: string, headers?: Record<string, string>) => ask(registry, request('GET', path, headers))
  const manifest = () => `/v2/kawasemi/app-web/manifests/${layout.images.web!.manifestDigest}`
  const layer = () => layout.images.web!.layers[0]!
  const blob = () => `/v2/kawasemi/app-web/blobs/${layer().digest}`

  it('gives manifests and blobs by digest, and counts them', async () => {
    expect(await get('/v2/')).toMatchObject({ status: 200 })
    const answers = [await get(manifest()), await get(blob())]
    expect(answers[0]).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'application/vnd.oci.image.manifest.v1+json',
        'docker-content-digest': layout.images.web!.manifestDigest,
      },
    })
    expect(answers.map(({ body }) => sha256(body))).toEqual([
      layout.images.web!.manifestDigest,
      layer().digest,
    ])
    expect(registry.blobsSent).toBe(2)
    expect(registry.bytesSent).toBe(answers[0]!.body.length + answers[1]!.body.length)
  })

  it('answers HEAD with the size and no body', async () => {
    const answer = await ask(registry, request('HEAD', blob()))
    expect(answer).toMatchObject({ status: 200, headers: { 'content-length': String(layer().size) } })
    expect(answer.body).toHaveLength(0)
  })

  it('goes on where a broken pull stopped', async () => {
    const whole = (await get(blob())).body
    const half = Math.floor(whole.length / 2)
    const rest = await get(blob(), { Range: `bytes=${half}-` })
    expect(rest).toMatchObject({
      status: 206,
      headers: { 'content-range': `bytes ${half}-${whole.length - 1}/${whole.length}` },
    })
    expect(Buffer.concat([whole.subarray(0, half), rest.body])).toEqual(whole)
    expect((await get(blob(), { Range: 'bytes=2-5' })).body).toEqual(whole.subarray(2, 6))
    expect((await get(blob(), { Range: 'bytes=-3' })).body).toEqual(whole.subarray(-3))
    expect(await get(blob(), { Range: `bytes=${whole.length}-` })).toMatchObject({ status: 416 })
    for (const odd of ['bytes=5-2', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=-', 'bytes=x-']) {
      expect([odd, (await get(blob(), { Range: odd })).body]).toEqual([odd, whole])
    }
  })

  it('lets nobody in without the password of this deploy', async () => {
    const wrong = [
      '',
      basic('kawasemi', ''),
      basic('kawasemi', serveLayout(layout).password),
      basic('root', registry.password),
      `Bearer ${registry.password}`,
      basic('kawasemi', registry.password).slice(0, -1),
    ]
    for (const Authorization of wrong) {
      for (const path of ['/v2/', manifest(), blob(), '/nothing']) {
        const answer = await get(path, { Authorization })
        expect(answer).toMatchObject({
          status: 401,
          headers: { 'www-authenticate': 'Basic realm="kawasemi"' },
        })
        expect(JSON.parse(answer.body.toString())).toEqual({
          errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }],
        })
      }
    }
    expect(registry.bytesSent).toBe(0)
  })

  it('only gives', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await ask(
        registry,
        request(method, '/v2/kawasemi/app-web/blobs/uploads/', { 'Content-Length': '0' }),
      )
      expect([method, answer.status]).toEqual([method, 405])
    }
  })

  it('knows what it has not', async () => {
    const unknown = `sha256:${'0'.repeat(64)}`
    const code = async (path: string) => {
      const { status, body } = await get(path)
      return [status, JSON.parse(body.toString()).errors[0].code]
    }
    expect(await code(`/v2/kawasemi/app-web/manifests/${unknown}`)).toEqual([404, 'MANIFEST_UNKNOWN'])
    expect(await code(`/v2/kawasemi/app-web/blobs/${unknown}`)).toEqual([404, 'BLOB_UNKNOWN'])
    expect(await code('/v2/kawasemi/app-web/manifests/latest')).toEqual([404, 'NAME_UNKNOWN'])
    expect(await code('/v2/_catalog')).toEqual([404, 'NAME_UNKNOWN'])
    expect(await code(`/v2/kawasemi/app-web/blobs/${layout.images.web!.manifestDigest}`)).toEqual([
      404,
      'BLOB_UNKNOWN',
    ])
    expect(await code(`/v2/kawasemi/app-web/manifests/${layer().digest}`)).toEqual([404, 'MANIFEST_UNKNOWN'])
  })

  it('gives no byte for any other path', async () => {
    const piece = fc.constantFrom(
      '/',
      '..',
      '%2e%2e',
      '/v2',
      '/blobs/',
      '/manifests/',
      'sha256:',
      layer().digest,
      '/index.json',
      '/etc/passwd',
      '?a',
      '__proto__',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
        const path = `/${pieces.join('')}`
        fc.pre(!/^\/v2\/[a-z0-9._/-]+\/blobs\/sha256:[0-9a-f]{64}$/.test(path))
        const { status } = await get(path)
        expect(path === '/v2' || path === '/v2/' ? 200 : 404).toBe(status)
      }),
    )
    expect(registry.bytesSent).toBe(0)
  })

  it('ends every stream when it closes', async () => {
    const [ours, theirs] = duplexPair()
    registry.handle(theirs)
    registry.close()
    expect(theirs.destroyed).toBe(true)
    ours.destroy()
  })
})
