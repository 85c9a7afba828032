import type { Slot } from '../release/slot'
import { Trouble } from '../release/trouble'

/** What things are called on the host. App names have no `_` and are checked by the config. */

export function projectName(app: string, part: Slot | 'accessories'): string {
  return `${app}-${part}`
}

/** The service's key in its slot's project: Compose makes it a name on every network, so it must differ by slot. */
export function slotService(service: string, slot: Slot): string {
  return `${service}-${slot}`
}

/** The image that was built for a service, as it is tagged on the host. */
export function imageReference(app: string, service: string, release: string): string {
  if (!/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(service) || service.length > 60) {
    throw new Trouble(
      `service ${service}`,
      'its name cannot be part of an image name.',
      'Rename it in the compose file and in kawasemi.yml: lower-case letters and digits, joined by ".", "_" or "-", 60 at most.',
    )
  }
  return `kawasemi/${app}-${service}:${release}`
}

export function sharedVolume(app: string, volume: string): string {
  return `${app}_${volume}`
}

export function slotVolume(app: string, slot: Slot, volume: string): string {
  return `${app}-${slot}_${volume}`
}
