import { Trouble } from '../release/trouble'
import { describeKey, type HostKey } from './host-key'
import { knownHostsName, type Pins } from './known-hosts'
import type { PrivateKey } from './private-key'

/** The connection ended while something was still going on in it. What runs on the host may go on running. */
export class ConnectionLost extends Trouble {
  constructor(name: string, cause: string) {
    super(
      name,
      `the SSH connection ended: ${cause}.`,
      'Run the job again; it continues where the host stands.',
    )
    this.name = 'ConnectionLost'
  }
}

/** The server allows this user no forwarded connections. */
export class ForwardingForbidden extends Trouble {
  constructor(name: string, what: string) {
    super(
      name,
      `the SSH server forbids ${what}.`,
      'Set AllowTcpForwarding local (or yes) for this user in sshd_config without DisableForwarding, and drop no-port-forwarding, restrict and permitopen from authorized_keys; or install bash on the host.',
    )
    this.name = 'ForwardingForbidden'
  }
}

/** Nothing accepts connections on a port of the host. */
export class PortClosed extends Trouble {
  constructor(name: string, port: number) {
    super(
      name,
      `nothing accepts connections on 127.0.0.1:${port} of the host.`,
      'Check that the service listens on that port.',
    )
    this.name = 'PortClosed'
  }
}

interface Target {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly user: string
}

/** No TCP connection came to be. */
export function socketTrouble({ name, address, port }: Target, error: Error): Trouble {
  const inner = error instanceof AggregateError ? (error.errors[0] as Error) : error
  const code = (inner as NodeJS.ErrnoException).code ?? 'unknown error'
  const checkPort = `Check the address, the port, and that a firewall lets the runner reach port ${port}.`
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_NODATA':
    case 'ENODATA':
      return new Trouble(
        name,
        `the name ${address} does not exist in DNS.`,
        'Correct the address in the config.',
      )
    case 'EAI_AGAIN':
      return new Trouble(
        name,
        `DNS gave no answer for ${address}.`,
        'Run the job again, or check the name servers.',
      )
    case 'ECONNREFUSED':
      return new Trouble(
        name,
        `${address} refuses connections on port ${port}.`,
        `Check that sshd runs and listens on port ${port}.`,
      )
    case 'ETIMEDOUT':
      return new Trouble(name, `${address} did not answer on port ${port} in time.`, checkPort)
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return new Trouble(name, `there is no way from here to ${address} (${code}).`, checkPort)
    default:
      return new Trouble(name, `no connection to ${address} port ${port} (${code}).`, checkPort)
  }
}

/** What is to be reached through a jump host. */
export interface Machine {
  readonly name: string
  readonly address: string
  readonly port: number
}

/** `reason` is the jump host's. */
export function unreachableTrouble(jump: string, { name, address, port }: Machine, reason: string): Trouble {
  return new Trouble(
    name,
    `${jump} does not reach ${address} port ${port} (${clean(reason)}).`,
    'Check the address and the port as they are seen from the jump host, the firewalls in between, and that sshd runs there.',
  )
}

export function jumpForbiddenTrouble(jump: string, { name, address, port }: Machine): Trouble {
  return new Trouble(
    name,
    `${jump} forbids connections to ${address} port ${port}.`,
    "Set AllowTcpForwarding local (or yes) for its user in the jump host's sshd_config without DisableForwarding, and see what PermitOpen there, and restrict, no-port-forwarding and permitopen in its authorized_keys, allow.",
  )
}

/** TCP stands, but the SSH handshake before authentication failed; the error is ssh2's. */
export function handshakeTrouble({ name, port }: Target, error: Error & { level?: string }): Trouble {
  const text = clean(error.message)
  if (error.level === 'client-timeout')
    return new Trouble(
      name,
      'the server began to speak SSH but did not finish in time.',
      'Check the load of the host, then run the job again.',
    )
  if (/^connection lost/i.test(text) || 'code' in error)
    return new Trouble(
      name,
      `the server ended the connection before the login was done (${text}).`,
      'It may block this address (fail2ban, hosts.deny), have too many connections at once (MaxStartups), or be no SSH server.',
    )
  if (/identification|greeting|header line|version/i.test(text))
    return new Trouble(
      name,
      `what listens on port ${port} is no SSH server (${text}).`,
      'Correct the port in the config.',
    )
  if (/no matching/.test(text))
    return new Trouble(
      name,
      `the server shares no algorithm with us (${text}).`,
      'Update the SSH server, or allow current algorithms in sshd_config.',
    )
  return new Trouble(name, `the SSH handshake failed (${text}).`, 'Check the log of sshd on the host.')
}

/** `left` is what the server would still accept; `partial` tells that it took the key but wants more. */
export function authenticationTrouble(
  { name, user }: Target,
  key: PrivateKey,
  left: readonly string[],
  partial: boolean,
): Trouble {
  const offered = `${key.type} ${key.fingerprint}`
  const wanted = left.map(clean).join(', ')
  if (partial)
    return new Trouble(
      name,
      `the server took the key (${offered}) but wants ${wanted} too.`,
      'Let a key be enough for this user (AuthenticationMethods in sshd_config).',
    )
  if (left.length > 0 && !left.includes('publickey'))
    return new Trouble(
      name,
      `the server accepts no keys from the user ${user}, only ${wanted}.`,
      'Set PubkeyAuthentication yes in sshd_config.',
    )
  return new Trouble(
    name,
    `the server does not accept this key for the user ${user}: ${offered}.`,
    `Add its public half to the user's ~/.ssh/authorized_keys, or correct the user. Neither that file nor its folder may be writable by others.`,
  )
}

/** The host showed keys, and none of them is pinned. */
export function hostKeyTrouble(
  { name, address, port }: Target,
  pins: Pins,
  presented: readonly HostKey[],
): Trouble {
  const expected = [...pins.keys.map(describeKey), ...pins.fingerprints]
  const shown = presented.map(describeKey)
  const cause =
    shown.length > 0
      ? `the host key is not the pinned one. Expected ${list(expected)}; the host presented ${list(shown)}.`
      : `the host has no key of the pinned type. Expected ${list(expected)}.`
  return new Trouble(
    name,
    cause,
    'Either the host was set up anew or somebody sits in between: compare on the console of the host (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub) before you pin anything new.',
    [
      ...expected.map((each) => `expected:  ${each}`),
      ...shown.map((each) => `presented: ${each}`),
      ...(presented.length > 0
        ? ['The lines to pin, only if the fingerprints on the console are the same:']
        : []),
      ...presented.map(
        ({ type, blob }) => `${knownHostsName(address, port)} ${type} ${blob.toString('base64')}`,
      ),
    ],
  )
}

export function revokedTrouble({ name }: Target, key: HostKey): Trouble {
  return new Trouble(
    name,
    `the host presented a key that known-hosts marks @revoked: ${describeKey(key)}.`,
    'Give the host a new key and pin that one. Do not connect to it before.',
  )
}

export function sessionTrouble(name: string, error: Error): Trouble {
  return new Trouble(
    name,
    `the server refused to start a program (${clean(error.message)}).`,
    'Allow at least 4 sessions for one connection (MaxSessions in sshd_config), and check the disk and the log of sshd.',
  )
}

function list(keys: readonly string[]): string {
  const shown = keys.slice(0, 5).join(' or ')
  return keys.length > 5 ? `${shown} or ${keys.length - 5} more` : shown
}

/** Text of the server's choosing, made fit to be shown. */
export function clean(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, '?')
  return plain.length > 200 ? `${plain.slice(0, 200)}…` : plain
}
