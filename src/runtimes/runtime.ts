import type { Config } from '../config/schema'
import type { Call } from '../host/program'
import type { Release } from '../release/release'
import type { Slot } from '../release/slot'
import type { Trouble } from '../release/trouble'

/** One file of a release, laid into `releases/ID/`. */
export interface ReleaseFile {
  /** Relative, with `/`, without `..`. */
  readonly path: string
  readonly content: string | Buffer
  readonly mode: 0o600 | 0o644 | 0o755
}

/** What a release is made from, on the runner. */
export interface RuntimeInput {
  readonly config: Config
  readonly release: Pick<Release, 'id' | 'version'>
  /** The user's `env`: values may be secrets. */
  readonly env: Readonly<Record<string, string>>
  /** Absolute path of the checkout. */
  readonly projectDir: string
  /** The resolved compose file; `unset` are variables that have neither value nor default. */
  readonly compose: {
    readonly model: unknown
    readonly dotenv: string | undefined
    readonly unset: readonly string[]
  }
}

/** An image that a service runs and nobody built here. */
export interface TakenImage {
  /** What the product calls it. */
  readonly name: string
  /** What the release calls it. */
  readonly reference: string
  /** Whether Docker asks its registry: at each deploy, where the host has none of that name, or not at all. */
  readonly fetch: 'always' | 'missing' | 'never'
}

/** What a release consists of on the host, besides its images. */
export interface RuntimePlan {
  readonly files: readonly ReleaseFile[]
  /** What makes the rest of it on the host, once its files are there. */
  readonly prepare: readonly Call[]
  readonly takenImages: readonly TakenImage[]
  /** Which the host has to have or fetch. */
  readonly accessoryImages: readonly string[]
  /** What was changed on the way, so that the product fits two slots: one line each. */
  readonly notices: readonly string[]
  /** What is probably not meant so. */
  readonly warnings: readonly string[]
}

/** A command that runs to its end once, in the image and settings of a service of the slot's release. */
export interface OneOff {
  readonly service: string
  /** Says what it is for (`migrate`); a second one of the same name is refused while the first still runs. */
  readonly name: string
  readonly command: readonly string[]
  /** Milliseconds; then it is stopped and fails with the code `timeout`. */
  readonly timeout: number
  /** No secrets: they are arguments of a program on the host. */
  readonly env: Readonly<Record<string, string>>
}

/** What root prepares on a host once. */
export interface RuntimeSetup {
  /** Shell functions that the calls name, besides those of setup-host. */
  readonly library: string
  readonly calls: readonly Call[]
  /** Whether the deploy user has to reach Docker. */
  readonly docker: boolean
}

/**
 * What runs an app's services on a host. Besides these calls a library defines, for programs that go on without the
 * runner, the shell functions `runtime_facts`, `runtime_dead`, `runtime_restarts`, `runtime_workers_back`,
 * `runtime_logs` and `runtime_stop`; and for the watcher of a bake `runtime_watch`, `runtime_stirs` (whether there may be
 * something new to see) and `runtime_unwatch`.
 * Every call works on the release that the slot's `release` link names, by what was laid down with it.
 */
export interface Runtime {
  /** The file of a release that holds its variables: lines `NAME="value"`. */
  readonly variables: string
  /** The shell functions that the calls name. */
  readonly library: string
  /** Why a host with these facts cannot run the app, if it cannot. */
  refusal(facts: ReadonlyMap<string, unknown>): Trouble | undefined
  /**
   * Reads the checkout, changes nothing.
   * @throws {Trouble} where the product cannot run in two slots as it is.
   */
  plan(input: RuntimeInput): RuntimePlan
  /** Starts accessories that do not run; never changes one that does. Waits until they are ready, `timeout` in ms. */
  accessoriesUp(slot: Slot, timeout: number): Call[]
  /** Fails where an image on the host is not the one that was recorded. */
  checkImages(app: string, release: Release): Call[]
  /** Lays a service's static files out by their URL, in `assets/` of the release. */
  takeAssets(
    app: string,
    release: Release,
    service: string,
    assets: { readonly path: string; readonly url: string },
  ): Call
  /** Web services only. */
  start(slot: Slot): Call[]
  /** The slot's web services come up after a reboot from now on: before the switch to it. */
  arm(slot: Slot): Call[]
  /** They do not any more: after the switch away from it. */
  disarm(slot: Slot): Call[]
  startWorkers(slot: Slot): Call[]
  /** Workers of one slot take over from those of the other, where there are any. That one may be empty, or was never started. */
  moveWorkers(from: Slot, to: Slot): Call[]
  /** Stops all, keeps what is needed to start again. */
  stop(slot: Slot): Call[]
  /** Takes down all but the data. */
  remove(slot: Slot): Call[]
  /** The last lines of each service, each with the service's name before it. */
  logs(slot: Slot, lines: number): Call[]
  /** A fact `service` for each. */
  status(slot: Slot): Call[]
  oneOff(slot: Slot, command: OneOff): Call[]
  /** Removes what no release on the host uses any more. */
  tidy(): Call[]
  /** @param user the deploy user */
  setup(config: Config, user: string): RuntimeSetup
}
