import type { Config } from '../config/schema'
import { composeRuntime } from './compose'
import type { Runtime } from './runtime'
import { systemdRuntime } from './systemd'

/** What runs the app's services: its `systemd` section says so, else Docker Compose. */
export function runtimeOf(config: Config): Runtime {
  return config.systemd ? systemdRuntime(config) : composeRuntime
}
