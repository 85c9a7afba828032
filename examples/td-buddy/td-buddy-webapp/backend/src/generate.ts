import { createHash } from 'node:crypto'
import { CITIES, COMPANY_KINDS, EMAIL_DOMAINS, FAMILY_NAMES, GIVEN_NAMES, PREFECTURES } from './words'

/** A number in [0, 1), like Math.random. */
type Random = () => number

const GENERATORS = {
  name: (random: Random) => `${pick(random, FAMILY_NAMES)[0]} ${pick(random, GIVEN_NAMES)[0]}`,
  email: (random: Random) =>
    `${pick(random, GIVEN_NAMES)[1]}.${pick(random, FAMILY_NAMES)[1]}${between(random, 1, 999)}` +
    `@${pick(random, EMAIL_DOMAINS)}`,
  // No Japanese mobile number begins with 0000, so none of these rings at somebody's.
  phone: (random: Random) => `${pick(random, ['070', '080', '090'])}-0000-${digits(random, 4)}`,
  address: (random: Random) =>
    `〒${digits(random, 3)}-${digits(random, 4)} ${pick(random, PREFECTURES)}${pick(random, CITIES)}` +
    `${between(random, 1, 9)}-${between(random, 1, 30)}-${between(random, 1, 20)}`,
  company: (random: Random) => `株式会社${pick(random, FAMILY_NAMES)[0]}${pick(random, COMPANY_KINDS)}`,
  date: (random: Random) =>
    new Date(Date.UTC(1950, 0, 1) + between(random, 0, 27_000) * 86_400_000).toISOString().slice(0, 10),
  number: (random: Random) => String(between(random, 0, 999_999)),
} satisfies Record<string, (random: Random) => string>

export type DataType = keyof typeof GENERATORS
export const DATA_TYPES = Object.keys(GENERATORS) as DataType[]
export const MAX_COUNT = 1000
const MAX_SEED_LENGTH = 64

export interface GenerateRequest {
  type: DataType
  count: number
  /** The same seed gives the same rows; without one they are random. */
  seed?: string
}

/** Checks a request's JSON body; returns what is wrong with it as a sentence. */
export function parseGenerateRequest(body: unknown): GenerateRequest | string {
  if (typeof body !== 'object' || body === null) return 'The body must be a JSON object.'
  const { type, count, seed } = body as Record<string, unknown>
  if (!DATA_TYPES.includes(type as DataType)) return `type must be one of ${DATA_TYPES.join(', ')}.`
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > MAX_COUNT) {
    return `count must be a whole number from 1 to ${MAX_COUNT}.`
  }
  const request: GenerateRequest = { type: type as DataType, count }
  if (seed === undefined || seed === null || seed === '') return request
  if (typeof seed !== 'string' && typeof seed !== 'number') return 'seed must be text or a number.'
  if (String(seed).length > MAX_SEED_LENGTH) return `seed must be at most ${MAX_SEED_LENGTH} characters.`
  return { ...request, seed: String(seed) }
}

export function generateRows(request: GenerateRequest): string[] {
  const random = request.seed === undefined ? Math.random : seededRandom(request.seed)
  return Array.from({ length: request.count }, () => GENERATORS[request.type](random))
}

/** A 32-bit linear congruential generator: repeatable and even enough for test data, not for secrets. */
function seededRandom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T
}

function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

function digits(random: Random, length: number): string {
  return String(between(random, 0, 10 ** length - 1)).padStart(length, '0')
}
