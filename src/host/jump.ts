import type { HostAddress } from '../config/schema'
import { type Connection, type ConnectionOptions, connect, type Hold, type Jump } from './connection'

export interface SshSecrets {
  readonly key: string
  readonly passphrase?: string
  readonly knownHosts: string
}

/** What is the same for all hosts of an action. */
type Login = Pick<ConnectionOptions, 'privateKey' | 'passphrase' | 'knownHosts' | 'signal'>

export function loginOf({ key, passphrase, knownHosts }: SshSecrets, signal: AbortSignal): Login {
  return { privateKey: key, knownHosts, signal, ...(passphrase !== undefined && { passphrase }) }
}

/**
 * How each of these hosts is reached: directly, or through its jump host, which lets the same key in and is pinned as
 * they are, and may itself be reached through another. Those behind the same one share one connection to it.
 */
export function waysTo(hosts: readonly HostAddress[], login: Login): ConnectionOptions[] {
  const jumps = new Map<string, JumpHost>()
  const wayTo = ({ address, port, user, jump }: HostAddress): ConnectionOptions => {
    const way = { ...login, address, port, user }
    return jump === undefined ? way : { ...way, jump: sharedJump(jump) }
  }
  const sharedJump = (jump: HostAddress): JumpHost => {
    const key = placeOf(jump)
    const shared = jumps.get(key) ?? new JumpHost(wayTo(jump))
    jumps.set(key, shared)
    return shared
  }
  return hosts.map(wayTo)
}

/** Behind two jump hosts the same address may be two servers. */
function placeOf({ user, name, jump }: HostAddress): string {
  return `${user}@${name}${jump ? ` behind ${placeOf(jump)}` : ''}`
}

/** A host through which others are reached; connected while at least one of them is, and anew once that was lost. */
export class JumpHost implements Jump {
  private connection: Promise<Connection> | undefined
  private holds = 0

  constructor(private readonly options: ConnectionOptions) {}

  /** @throws {Trouble} as `connect` does, for the jump host. */
  async hold(): Promise<Hold> {
    this.holds += 1
    let held = true
    const release = async () => {
      if (!held) return
      held = false
      this.holds -= 1
      if (this.holds === 0) await this.close()
    }
    try {
      const connection = await this.connected()
      return { open: (address, port, name) => connection.reach(address, port, name), release }
    } catch (error) {
      await release()
      throw error
    }
  }

  private connected(): Promise<Connection> {
    if (this.connection !== undefined) return this.connection
    const made = connect({ ...this.options, role: 'jump host' })
    this.connection = made
    const forget = () => {
      if (this.connection === made) this.connection = undefined
    }
    made.then(({ closed }) => closed.then(forget), forget)
    return made
  }

  private async close(): Promise<void> {
    const last = this.connection
    this.connection = undefined
    await (await last?.catch(() => undefined))?.close()
  }
}
