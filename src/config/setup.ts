import { z } from 'zod'
import { atMost, section } from './section'
import { packageName, port } from './values'

export const setup = section({
  packages: atMost(50, packageName, 'packages')
    .prefault([])
    .describe('More packages of Debian or Ubuntu that the app needs on the host, such as `redis-server`.'),
  database: z
    .boolean({ error: 'true or false' })
    .prefault(false)
    .describe(
      'Whether the database server is on the host itself: then it is installed, with the database and the user that the variables of `database` name.',
    ),
  docker: z
    .enum(['host', 'rootless'])
    .prefault('host')
    .describe(
      "Which Docker the deploy user gets: `host` lets it use the host's, which is as much as root's rights; `rootless` gives it one of its own, which is not.",
    ),
  firewall: z
    .enum(['off', 'ufw'])
    .prefault('off')
    .describe('`ufw` lets in SSH, the ports of the site and `open-ports`, and nothing else that is new.'),
  'open-ports': atMost(50, port, 'ports')
    .prefault([])
    .describe('TCP ports that the firewall leaves open besides.'),
})

/** What setup-host sees to on a host besides what the other sections call for. */
export interface Setup {
  packages: string[]
  database: boolean
  docker: 'host' | 'rootless'
  firewall: 'off' | 'ufw'
  openPorts: number[]
}

export function toSetup({ packages, database, docker, firewall, ...rest }: z.output<typeof setup>): Setup {
  return { packages, database, docker, firewall, openPorts: rest['open-ports'] }
}
