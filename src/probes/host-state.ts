import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/schema'
import { textOf } from '../host/fact'
import { type Call, call } from '../host/program'
import { type Resources, readResources } from '../host/resources'
import type { HostSession } from '../host/session'
import type { Slot } from '../release/slot'

const library = readFileSync(join(__dirname, 'host-state.sh'), 'utf8')

/** How a host is. What it could not tell is absent. */
export interface HostState extends Resources {
  readonly failedUnits?: readonly string[]
  /** Why the live slot's services are not all up; empty where they are. */
  readonly services?: string
  /** Accessory → `running`, perhaps with its health after it; `gone` where it has no container. */
  readonly accessories: Readonly<Record<string, string>>
}

/**
 * Asks a host, in one program that changes nothing.
 *
 * @param live the slot that takes traffic, where one does
 * @throws {HostFailure} when the program does not end well.
 */
export async function askHostState(
  host: HostSession,
  config: Config,
  live: Slot | undefined,
  runtimeLibrary: string,
): Promise<HostState> {
  const asked = Date.now()
  const { facts } = await host.ask([runtimeLibrary, library], callsFor(config, live))
  return readHostState(facts, asked, Date.now())
}

function callsFor({ base, systemd, accessories }: Config, live: Slot | undefined): Call[] {
  const docker = !systemd || accessories.length > 0
  return [
    call('host_clock'),
    call('host_memory'),
    call('host_disk', base),
    call('host_disk', `${base}/backups`),
    ...(docker ? [call('host_docker_disk')] : []),
    call('host_units'),
    ...(live ? [call('host_services', live)] : []),
    ...(live ? accessories.map((name) => call('host_accessory', name)) : []),
  ]
}

export function readHostState(
  facts: ReadonlyMap<string, unknown>,
  asked: number,
  answered: number,
): HostState {
  const failed = facts.get('failed-units')
  const services = facts.get('services')
  const accessories = [...facts].filter(([name]) => name.startsWith('accessory '))
  return {
    ...readResources(facts, asked, answered),
    ...(typeof failed === 'string' && { failedUnits: failed.split('\n').filter((name) => name !== '') }),
    ...(typeof services === 'string' && { services }),
    accessories: Object.fromEntries(
      accessories.map(([name, value]) => [name.slice('accessory '.length), textOf(value)]),
    ),
  }
}
