import { z } from 'zod'
import { section } from './section'
import { type HostAddress, host } from './values'

const behindJump = section({
  host: host.describe('The server, at the address by which the jump host knows it.'),
  jump: z
    .union([host, z.array(host).min(1).max(5)], {
      error: 'user@address or user@address:port, or a list of them, the one to go to first being the first',
    })
    .describe('The host through which it is reached; or a list, each reached through the one before it.'),
}).transform(({ host: address, jump }): HostAddress => {
  const jumps = Array.isArray(jump) ? jump : [jump]
  return [...jumps, address].reduce((outer, inner) => ({ ...inner, jump: outer }))
})

/** A host by itself, or with the one through which it is reached. */
export const hostEntry = z.union([host, behindJump], {
  error: 'user@address or user@address:port, such as deploy@203.0.113.7, or a map with host and jump',
})
