import { z } from 'zod'
import { atMost, command, section } from './section'
import { duration, interpreter, repoPath, userName } from './values'

export const systemd = section({
  scope: z
    .enum(['user', 'system'])
    .prefault('user')
    .describe(
      '`user`: units of the deploy user, which needs no further rights. `system`: units of the system that run as another user, started through sudo.',
    ),
  user: userName.optional().meta({ description: 'User that system units run as.', default: 'www-data' }),
  python: section({
    requirements: repoPath.prefault('requirements.txt').describe('File that pip installs from.'),
    interpreter: interpreter.prefault('python3').describe('Python on the host, such as `python3.12`.'),
  })
    .optional()
    .describe('Makes a virtual environment on the host, once for each state of the requirements.'),
  node: section({
    lock: repoPath
      .prefault('package-lock.json')
      .describe('Lock file, beside its `package.json`; `npm ci` installs from it.'),
  })
    .optional()
    .describe('Makes `node_modules` on the host, once for each state of the lock file.'),
  build: atMost(20, command, 'commands')
    .prefault([])
    .describe(
      "Commands that run on the host in each new release's folder, such as `[python, manage.py, collectstatic, --noinput]`.",
    ),
  'build-timeout': duration('1s', '2h')
    .prefault('15m')
    .describe('Longest time that installing, or one build command, may take.'),
  shared: atMost(50, repoPath, 'folders')
    .prefault([])
    .describe('Folders of the release that outlive it, such as `media`: links to `shared/data`.'),
})

/** What systemd needs to know besides the services. */
export interface Systemd {
  scope: 'user' | 'system'
  /** As whom system units run. */
  user: string
  python?: { requirements: string; interpreter: string }
  node?: { lock: string }
  build: string[][]
  buildTimeout: number
  /** Folders of the release, as relative paths. */
  shared: string[]
}

export function toSystemd(file: z.output<typeof systemd>): Systemd {
  const { scope, user = 'www-data', python, node, build, shared } = file
  return {
    scope,
    user,
    ...(python && { python }),
    ...(node && { node }),
    build,
    buildTimeout: file['build-timeout'],
    shared,
  }
}
