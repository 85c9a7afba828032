import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Trouble } from '../release/trouble'
import type { Exec } from './exec'
import { isLoopback, skopeo, skopeoSaid } from './skopeo'

/** A place for images at a registry, and who may write there. */
export interface ImageRegistry {
  /** The registry, with its port where it has one: `ghcr.io`. */
  readonly host: string
  /** `ghcr.io/OWNER/APP`: the images of each service go to a name below it. */
  readonly at: string
  readonly user: string
  readonly password: string
  /** Whether layers are kept there from build to build. */
  readonly cache: boolean
}

export interface Login {
  readonly registry: ImageRegistry
  /** The arguments by which skopeo uses the login, each beginning with `prefix`. */
  flags(prefix: '' | 'dest-'): string[]
  /** For Docker's commands: the runner's own settings and logins, and this login with them. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * Works while logged in at the registry. The login is in a folder of this run alone (0700), gone when the work is done;
 * the runner's own settings of Docker are not touched.
 *
 * @throws {Trouble} when the registry does not take the user and the password.
 */
export async function withLogin<Result>(
  exec: Exec,
  registry: ImageRegistry,
  work: (login: Login) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(process.env.RUNNER_TEMP || tmpdir(), 'kawasemi-registry-'))
  try {
    const authFile = join(folder, 'auth.json')
    const insecure = isLoopback(registry.host)
    const flags = (prefix: '' | 'dest-') => [
      `--${prefix === '' ? '' : prefix}authfile=${authFile}`,
      ...(insecure ? [`--${prefix}tls-verify=false`] : []),
    ]
    await logIn(exec, registry, flags(''))
    return await work({ registry, flags, env: await dockerSettings(folder, registry) })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function logIn(exec: Exec, { host, user, password }: ImageRegistry, flags: string[]): Promise<void> {
  const args = ['login', ...flags, '--username', user, '--password-stdin', host]
  const { code, stderr } = await skopeo(exec, { args, stdin: password })
  if (code === 0) return
  throw new Trouble(
    `The registry ${host}`,
    `does not let ${user} in: ${skopeoSaid(stderr)}.`,
    'Give `registry-user` and `registry-password`; at ghcr.io the token of the run will do where the job has `permissions: packages: write`.',
  )
}

/** A copy of the runner's own settings that has the login too. Plugins, contexts and builders stay where they are. */
async function dockerSettings(folder: string, registry: ImageRegistry): Promise<Record<string, string>> {
  const own = process.env.DOCKER_CONFIG || join(homedir(), '.docker')
  const names = await readdir(own).catch(() => [])
  for (const name of names) {
    if (!['config.json', 'auth.json'].includes(name)) await symlink(join(own, name), join(folder, name))
  }
  const text = await readFile(join(own, 'config.json'), 'utf8').catch(() => '{}')
  await writeFile(join(folder, 'config.json'), settingsWith(text, registry), { mode: 0o600 })
  return { DOCKER_CONFIG: folder, BUILDX_CONFIG: process.env.BUILDX_CONFIG || join(own, 'buildx') }
}

/** The text of a config.json of Docker's that lets us in at the registry, and is else the same. */
export function settingsWith(text: string, { host, user, password }: ImageRegistry): string {
  const settings = parse(text)
  const helpers = section(settings.credHelpers)
  return JSON.stringify({
    ...settings,
    auths: {
      ...section(settings.auths),
      [host]: { auth: Buffer.from(`${user}:${password}`).toString('base64') },
    },
    // A program that keeps the runner's passwords would be asked first; an empty name says: not for this registry.
    ...((settings.credsStore !== undefined || host in helpers) && {
      credHelpers: { ...helpers, [host]: '' },
    }),
  })
}

function parse(text: string): Record<string, unknown> {
  try {
    return section(JSON.parse(text))
  } catch {
    return {}
  }
}

function section(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
