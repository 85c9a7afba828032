import { z } from 'zod'
import { section } from './section'
import { type HostAddress, host } from './values'

const behindJump = section({
  host: host.describe('The server, at the address by which the jump host knows it.'),
  jump: host.describe('The host through which it is reached.'),
}).transform(({ host: address, jump }): HostAddress => ({ ...address, jump }))

/** A host by itself, or with the one through which it is reached. */
export const hostEntry = z.union([host, behindJump], {
  error: 'user@address or user@address:port, such as deploy@203.0.113.7, or a map with host and jump',
})
