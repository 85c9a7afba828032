import { relative, resolve } from 'node:path'
import type { Config } from '../config/schema'
import type { CommandContext } from '../github/command'
import { exec } from '../github/exec'
import type { CommonInputs, ProductInputs } from '../github/inputs'
import type { RunIdentity } from '../github/run'
import { systemClock } from '../stages/clock'
import type { Deploy } from '../stages/deploy'
import { close, open, release } from '../stages/open'
import { type Project, readConfigFile, readProject } from '../stages/project'

/** A path of an input, which is relative to the checkout. */
export function inWorkspace(path: string): string {
  return resolve(process.env.GITHUB_WORKSPACE || process.cwd(), path)
}

export function readConfig({ config, environment }: ProductInputs): Promise<Config> {
  return readConfigFile(inWorkspace(config), relative(inWorkspace('.'), inWorkspace(config)), environment)
}

export function readCheckout(config: Config, inputs: ProductInputs): Promise<Project> {
  return readProject(exec, config, inWorkspace(inputs.config), inputs.env)
}

/** Where people find the app: its first domain. Empty for an app without a site. */
export function siteUrl({ proxy }: Config): string {
  return proxy ? `https://${proxy.domains[0]}/` : ''
}

/** `RUN/ATTEMPT/JOB`, by which a host knows whose lease it is. */
function ownerOf(run: RunIdentity): { id: string; url: string } {
  return { id: `${run.id}/${run.attempt}/${run.job}`, url: run.url }
}

/** Connects to every host of the environment; takes nothing yet. */
export function openHosts(context: CommandContext<CommonInputs>, config: Config): Promise<Deploy> {
  const { inputs, run, reporter, report, signal } = context
  return open({
    config,
    ssh: inputs.ssh,
    owner: ownerOf(run),
    reporter,
    report,
    signal,
    clock: systemClock,
  })
}

/**
 * Connects, works, and hangs up on every way out.
 *
 * @param keepLease whether a later step of the job goes on with the lease, when the work went well; its `post` step
 *   frees it then.
 */
export async function withHosts<Result>(
  context: CommandContext<CommonInputs>,
  config: Config,
  keepLease: boolean,
  work: (deploy: Deploy) => Promise<Result>,
): Promise<Result> {
  const deploy = await openHosts(context, config)
  context.state.save('lease', 'held')
  let keep = false
  try {
    const result = await work(deploy)
    keep = keepLease
    return result
  } finally {
    if (!keep) await release(deploy)
    await close(deploy)
  }
}
