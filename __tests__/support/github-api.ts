import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import Ajv, { type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

/*
 * A stand-in for GitHub's API on loopback. It takes nothing that GitHub's own description of its API does not allow, and
 * keeps what it took.
 */

export interface ApiCall {
  readonly method: string
  readonly path: string
  readonly body: Record<string, unknown> | undefined
  readonly authorization: string | undefined
}

export interface FakeGitHub {
  readonly url: string
  /** What was asked, in order. */
  readonly calls: readonly ApiCall[]
  /** What was asked and is not in the description, or not as it is there. */
  readonly wrong: readonly string[]
  /** The answers from now on; absent: as GitHub answers when all is well. */
  answer(answer: ((call: ApiCall) => Answer | undefined) | undefined): void
  close(): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
  /** Hangs up instead. */
  readonly dead?: boolean
}

interface Operation {
  readonly parameters?: readonly unknown[]
  readonly requestBody?: { content: Record<string, { schema: object }> }
  readonly responses: Record<string, { content?: Record<string, { schema: object }> }>
}

const description = JSON.parse(
  readFileSync(require.resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8'),
) as { paths: Record<string, Record<string, Operation>> }

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true })
addFormats(ajv)
ajv.addSchema(description, 'github')
const validators = new Map<string, ValidateFunction>()

/** The path of the description that a request's path stands for, parts in braces standing for anything. */
function templateOf(path: string): string | undefined {
  return Object.keys(description.paths)
    .filter((template) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .sort((a, b) => a.split('{').length - b.split('{').length)[0]
}

function problemsOf({ method, path, body }: ApiCall): string[] {
  const name = `${method} ${path}`
  const template = templateOf(path)
  const operation = template && description.paths[template]?.[method.toLowerCase()]
  if (!template || !operation) return [`${name}: GitHub has no such operation`]
  const schema = operation.requestBody?.content['application/json']?.schema
  if (!schema) return body === undefined ? [] : [`${name}: takes no body`]
  const key = `${method} ${template}`
  let validate = validators.get(key)
  if (!validate) {
    makeReadable(schema)
    const pointer = `/paths/${template.replaceAll('/', '~1')}/${method.toLowerCase()}/requestBody/content/application~1json/schema`
    validate = ajv.compile({ $ref: `github#${pointer.replaceAll('{', '%7B').replaceAll('}', '%7D')}` })
    validators.set(key, validate)
  }
  const problems = validate(body)
    ? []
    : (validate.errors ?? []).map((each) => `${name}: ${each.instancePath} ${each.message}`)
  // GitHub ignores what it does not know, so a misspelt key would do nothing.
  const known = Object.keys((schema as { properties?: object }).properties ?? {})
  const unknown = Object.keys(body ?? {}).filter((each) => !known.includes(each))
  return [...problems, ...unknown.map((each) => `${name}: ${each} is no property of it`)]
}

/** ajv takes OpenAPI's `nullable` beside a `type` only. */
function makeReadable(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return
  const fields = schema as Record<string, unknown>
  if (fields.nullable === true && fields.type === undefined) {
    const { nullable: _, ...plain } = fields
    for (const key of Object.keys(fields)) delete fields[key]
    fields.anyOf = [plain, { type: 'string', nullable: true, enum: [null] }]
  }
  for (const value of Object.values(fields)) makeReadable(value)
}

async function read(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text === '' ? undefined : JSON.parse(text)
}

export async function startGitHub(): Promise<FakeGitHub> {
  const calls: ApiCall[] = []
  const wrong: string[] = []
  let other: ((call: ApiCall) => Answer | undefined) | undefined
  let id = 100
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const path = url.replace(/^\/api\/v3/, '').replace(/\?.*$/, '')
    const call = { method, path, body: await read(request), authorization: headers.authorization }
    calls.push(call)
    if (!headers['user-agent'] || headers.accept !== 'application/vnd.github+json')
      wrong.push(`${method} ${path}: headers`)
    wrong.push(...problemsOf(call))
    const { status, body, dead } = other?.(call) ?? {
      status: method === 'POST' ? 201 : 200,
      body: { id: ++id },
    }
    if (dead) return request.socket.destroy()
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v3`,
    calls,
    wrong,
    answer: (answer) => {
      other = answer
    },
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}
