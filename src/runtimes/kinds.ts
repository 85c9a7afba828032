import type { Config } from '../config/schema'
import { composeRuntime } from './compose'
import type { Runtime } from './runtime'

/** What runs the app's services: Docker Compose, until another kind is one more line here. */
export function runtimeOf(_config: Config): Runtime {
  return composeRuntime
}
