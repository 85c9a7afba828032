// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of Compose
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveCompose } from '../../../src/images/compose-config'
import { localExec } from './local-exec'

const file = `
version: "3.8"
services:
  web:
    build: {context: ./back, args: {TAG: "\${TAG:-1}$$"}}
    ports: ["\${PORT:-8080}:80"]
    volumes: ["\${DIR:-./sub}:/dyn", "media:/media", "./sub:/ro:ro"]
    environment:
      - PASSWORD=\${PASSWORD}
      - GIVEN
      - TYPO=\${NOT_SET}
      - DOLLARS=a$$b
    env_file: secret.env
    labels: ["token=\${PASSWORD}"]
    command: ["serve", "--key", "\${PASSWORD}"]
    depends_on: [db]
    configs: [note]
    deploy: {resources: {limits: {memory: "\${MEMORY:-64m}"}}}
  migrate:
    image: tools:\${TAG:-1}
    profiles: [tools]
    environment: {COUNT: 5, SHOWN: null}
  db: {image: "postgres:15-alpine"}
volumes:
  media: {driver_opts: {o: "password=\${PASSWORD}"}}
configs:
  note: {content: "the password is \${PASSWORD}"}
`

describe('resolveCompose', () => {
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kawasemi-compose-'))
    await writeFile(join(dir, 'docker-compose.yml'), file)
  })
  afterAll(() => rm(dir, { recursive: true }))
  const ask = (env: Record<string, string>) =>
    resolveCompose(localExec, { file: join(dir, 'docker-compose.yml'), projectDir: dir, env })

  it('resolves where services run, and leaves secrets to be filled in on the host', async () => {
    const { model, dotenv, unset } = await ask({ PASSWORD: 'hunter2$WORD', PORT: '9000' })

    expect(JSON.stringify(model)).not.toContain('hunter2')
    expect(unset).toEqual(['NOT_SET'])
    expect(dotenv).toBeUndefined()
    const web = model.services.web!
    expect(web.ports).toEqual([{ mode: 'ingress', target: 80, published: '9000', protocol: 'tcp' }])
    expect(web.volumes).toMatchObject([
      { type: 'bind', source: join(dir, 'sub'), target: '/dyn' },
      { type: 'volume', source: 'media', target: '/media' },
      { type: 'bind', source: join(dir, 'sub'), target: '/ro', read_only: true },
    ])
    expect(web.environment).toEqual({
      PASSWORD: '${PASSWORD}',
      GIVEN: null,
      TYPO: '${NOT_SET}',
      DOLLARS: 'a$$b',
    })
    expect(web.labels).toEqual({ token: '${PASSWORD}' })
    expect(web.command).toEqual(['serve', '--key', '${PASSWORD}'])
    expect(web.env_file).toEqual([{ path: join(dir, 'secret.env'), required: true }])
    expect(web.depends_on).toMatchObject({ db: { condition: 'service_started' } })
    expect(web.deploy).toMatchObject({ resources: { limits: { memory: '67108864' } } })
    expect(web.build).toMatchObject({
      context: join(dir, 'back'),
      dockerfile: 'Dockerfile',
      args: { TAG: '1$$' },
    })
    expect(model.services.migrate).toMatchObject({
      image: 'tools:1',
      profiles: ['tools'],
      environment: { COUNT: '5', SHOWN: null },
    })
    expect(model.volumes?.media).toMatchObject({ driver_opts: { o: 'password=${PASSWORD}' } })
    expect(model.configs?.note).toMatchObject({ content: 'the password is ${PASSWORD}' })
  })

  it('hands over the text of .env, which Compose would read by itself', async () => {
    const text = 'NOT_SET=now set\nTAG=7\nSECRET=pa$sword\n'
    await writeFile(join(dir, '.env'), text)
    const { model, dotenv, unset } = await ask({ PASSWORD: 'x' })
    await rm(join(dir, '.env'))

    expect(dotenv).toBe(text)
    expect(unset).toEqual([])
    expect(model.services.migrate?.image).toBe('tools:7')
  })

  it('says what Compose says when it refuses the file', async () => {
    await writeFile(join(dir, 'bad.yml'), 'services:\n  web: {image: "a:${TAG:?give a tag}"}\n')
    const asked = resolveCompose(localExec, { file: join(dir, 'bad.yml'), projectDir: dir, env: {} })
    await expect(asked).rejects.toThrow(/bad\.yml: is not accepted by Docker Compose: .*give a tag/)
  })
})
