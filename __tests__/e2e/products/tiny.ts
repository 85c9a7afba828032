import { join } from 'node:path'
import { checkOut, type Product } from '../../../lab/product'
import type { LabServer } from '../../../lab/server'

/** What a server needs to run the product without fetching anything. */
export const tinyImages = ['postgres:15-alpine', 'node:24-alpine']

export interface TinyOptions {
  server: LabServer
  env?: Record<string, string>
  settings?: Record<string, unknown>
  /** With an image of its own, instead of its files mounted into `node:24-alpine`: slower by the building. */
  built?: boolean
}

/** A checkout of the smallest product that has all kinds of parts: a web service, a worker, a database. */
export function checkOutTiny({ server, env = {}, settings = {}, built = false }: TinyOptions): Product {
  return checkOut({
    example: join(__dirname, 'tiny'),
    server,
    env,
    settings: built ? settings : { 'compose.file': 'compose.unbuilt.yaml', ...settings },
  })
}
