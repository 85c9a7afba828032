import { subscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:http'

/**
 * On SIGTERM Next.js takes no new connection and waits for the ones it has, but one that becomes idle after its
 * last request would be kept for KEEP_ALIVE_TIMEOUT, until the runtime kills the server. So close those as they
 * become idle.
 */
export function closeIdleConnectionsOnStop(): void {
  const servers = new Set<Server>()
  // Next.js hands its server to nobody; Node tells which server a request came to.
  subscribe('http.server.request.start', (message) => {
    servers.add((message as { server: Server }).server)
  })
  process.once('SIGTERM', () => {
    setInterval(() => {
      for (const server of servers) server.closeIdleConnections()
    }, 100).unref()
  })
}
