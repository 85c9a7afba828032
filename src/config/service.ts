import { z } from 'zod'
import { command, mapOf, section } from './section'
import {
  argument,
  assetsPath,
  assetsUrl,
  bodyPattern,
  duration,
  fieldPath,
  headerName,
  integer,
  port,
  probePath,
  size,
} from './values'

const health = section({
  path: probePath.describe('Path the gate asks for, such as `/health`.'),
  status: z
    .union([integer(100, 599), z.array(integer(100, 599)).min(1).max(20)], {
      error: 'a status from 100 to 599, or a list of them',
    })
    .optional()
    .describe('Status, or list of statuses, that counts as healthy. Any 2xx when left out.'),
  headers: mapOf(headerName, argument, 20, 'headers')
    .prefault({})
    .describe('Headers the answer has to have, each with a text its value has to contain.'),
  json: mapOf(
    fieldPath,
    z.union([z.string().max(1000), z.number(), z.boolean(), z.null()], {
      error: 'text, a number, true, false or null',
    }),
    20,
    'fields',
  )
    .prefault({})
    .describe('Fields of the JSON answer and the values they have to have; `a.b` is field `b` in field `a`.'),
  body: bodyPattern.optional().describe('Regular expression (JavaScript) that has to match in the body.'),
})

const stopTimeout = duration('1s', '1h')
  .prefault('10s')
  .describe('How long the service may take to stop before it is killed.')

/** How systemd runs a service; with Compose all of it is in the compose file. */
const process = {
  command: command
    .optional()
    .describe(
      `systemd: program and arguments, as a list. A program without a slash is looked for in the virtual environment first, one with a slash in the release. \`\${PORT}\` in it is the port of the slot.`,
    ),
  memory: size('8m', '4096g').optional().describe('systemd: most memory it may use.'),
  cpu: z
    .number({ error: 'a number of processors from 0.01 to 512' })
    .min(0.01, { error: 'a number of processors from 0.01 to 512' })
    .max(512, { error: 'a number of processors from 0.01 to 512' })
    .optional()
    .describe('systemd: most processors it may use, such as `1.5`.'),
  restart: z.enum(['always', 'on-failure']).optional().meta({
    description: 'systemd: whether it is started again when it ends by itself too.',
    default: 'always',
  }),
}

const webService = section({
  // Optional rather than with a default, since only then a union can be told apart by it.
  role: z.literal('web').optional().meta({ description: 'A service that takes traffic.', default: 'web' }),
  port: port
    .optional()
    .describe(
      'Compose: port the service listens on in its container. With systemd it listens on the one in its variable `PORT`.',
    ),
  slots: section({
    blue: integer(1024, 65535).describe("Port of the host's loopback for the blue slot."),
    green: integer(1024, 65535).describe("Port of the host's loopback for the green slot."),
  }).describe('Two free ports of the host, bound to 127.0.0.1, one for each slot.'),
  health: health.describe('What a healthy service answers.'),
  assets: section({
    path: assetsPath.describe(
      'Folder of static files: an absolute path inside the image, or with systemd a path inside the release.',
    ),
    url: assetsUrl.describe('Start of the URL path they are served under, such as `/_next/static/`.'),
  })
    .optional()
    .describe('Static files of the release, which open pages of the previous release still ask for.'),
  ...process,
  'stop-timeout': stopTimeout,
})

const workerService = section({
  role: z.literal('worker').describe('A service that takes no traffic; it starts only at the switch.'),
  singleton: z.boolean({ error: 'true or false' }).optional().meta({
    description: 'systemd: whether the old one has to stop before the new one starts.',
    default: true,
  }),
  ...process,
  'stop-timeout': stopTimeout,
})

export const service = z.discriminatedUnion('role', [webService, workerService], {
  error: 'role: web or role: worker',
})
type ServiceFile = z.output<typeof service>

/** What a probe's answer has to be; an empty `status` means any 2xx. */
export interface Health {
  path: string
  status: number[]
  /** Header → text its value has to contain. */
  headers: Record<string, string>
  /** Dotted path → value. */
  json: Record<string, string | number | boolean | null>
  /** A regular expression's text. */
  body?: string
}

/** How systemd runs a service. */
export interface Process {
  command: string[]
  /** Bytes. */
  memory?: number
  /** Processors. */
  cpu?: number
  restart: 'always' | 'on-failure'
}

export interface WebService {
  role: 'web'
  /** In its container; none with systemd. */
  port?: number
  /** On the host's loopback. */
  slots: { blue: number; green: number }
  health: Health
  /** `path` without, `url` with a slash at its end. */
  assets?: { path: string; url: string }
  /** With systemd only. */
  process?: Process
  stopTimeout: number
}

export interface WorkerService {
  role: 'worker'
  /** With systemd only. */
  process?: Process
  /** With systemd only: whether two of it must never run at once. */
  singleton?: boolean
  stopTimeout: number
}

export type Service = WebService | WorkerService

function toHealth({ path, status = [], headers, json, body }: z.output<typeof health>): Health {
  return { path, status: [status].flat(), headers, json, ...(body !== undefined && { body }) }
}

export function toService(file: ServiceFile): Service {
  const stopTimeout = file['stop-timeout']
  const process = toProcess(file)
  if (file.role === 'worker') {
    return { role: 'worker', ...(process && { process, singleton: file.singleton ?? true }), stopTimeout }
  }
  const { port, slots, health, assets } = file
  return {
    role: 'web',
    ...(port !== undefined && { port }),
    slots,
    health: toHealth(health),
    ...(assets && { assets }),
    ...(process && { process }),
    stopTimeout,
  }
}

function toProcess(file: ServiceFile): Process | undefined {
  const { command, memory, cpu, restart = 'always' } = file
  if (!command) return undefined
  return { command, ...(memory !== undefined && { memory }), ...(cpu !== undefined && { cpu }), restart }
}
