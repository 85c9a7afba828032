import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { backupAndMigrate, isFinished, isLive, startAndGate, switchAndFinish } from '../stages/chain'
import { deliver, preflight, recorded } from '../stages/deliver'
import type { Deploy } from '../stages/deploy'
import { type Identity, identityOf } from '../stages/identity'
import { liveRelease } from '../stages/live'
import { take } from '../stages/open'
import { build, digestsOf, type Project, planFiles, temporaryLayout } from '../stages/project'
import { readCheckout, readConfig, withHosts } from './environment'

type Context = CommandContext<InputsOf<'deploy'>>

/** The whole chain in one step, over one connection for each host. */
export async function run(context: Context): Promise<void> {
  const { inputs, outputs, report } = context
  const identity = identityOf(context.run, inputs.version ?? context.run.defaultVersion)
  report.to = identity.version
  report.release = identity.id
  const config = await readConfig(inputs)
  const project = await readCheckout(config, inputs)
  // Refuses a product that cannot run in two slots before a host is asked or an image built.
  planFiles(project, identity)
  const temporary = temporaryLayout()
  try {
    await withHosts(context, config, false, async (deploy) => {
      outputs.set('release', identity.id)
      outputs.set('version', identity.version)
      await deployTo(context, deploy, project, identity, temporary.dir)
    })
  } finally {
    await temporary.remove()
  }
}

async function deployTo(
  context: Context,
  deploy: Deploy,
  project: Project,
  identity: Identity,
  dir: string,
): Promise<void> {
  const { outputs, reporter } = context
  const { id } = identity
  if (isFinished(deploy, id)) {
    reporter.info(`${id} is live already; nothing is left to do`)
    return
  }
  preflight(deploy, { identity, layout: undefined })
  // An earlier attempt's images are the ones that count: never a second build of the same release.
  const layout = recorded(deploy, id) ? undefined : await build(project, buildRequest(context, identity, dir))
  const request = { identity, layout }
  preflight(deploy, request)
  await take(deploy)
  preflight(deploy, request)

  const before = liveRelease(deploy.hosts[0]!)?.id ?? ''
  outputs.set('previous-release', before === id ? '' : before)
  const goesOn = isLive(deploy, id)
  const release = goesOn ? recorded(deploy, id)! : await deliver(deploy, project, request)
  outputs.set('slot', release.slot)
  outputs.set('digests', digestsOf(release.images))
  if (!goesOn) {
    const { backup, ran } = await backupAndMigrate(deploy, release)
    outputs.set('backup', backup)
    outputs.set('ran', String(ran))
    await startAndGate(deploy, release)
  }
  outputs.set('healthy', 'true')
  outputs.set('switch-ms', String((await switchAndFinish(deploy, release)).switchMs))
  outputs.set('live-slot', release.slot)
}

function buildRequest(
  { inputs, reporter }: Context,
  identity: Identity,
  dir: string,
): Parameters<typeof build>[1] {
  return {
    identity,
    secrets: inputs.buildSecrets,
    secretFiles: inputs.buildSecretFiles,
    dir,
    onLine: (line) => reporter.output('build', line),
  }
}
