import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import type { Release } from '../release/release'
import { backupAndMigrate, startAndGate, switchAndFinish } from '../stages/chain'
import { type DeliverRequest, deliver, preflight, recorded } from '../stages/deliver'
import type { Deploy } from '../stages/deploy'
import { type Identity, identityOf } from '../stages/identity'
import { isFinished, liveRelease } from '../stages/live'
import { settle, take } from '../stages/open'
import {
  build,
  digestsOf,
  imagesOf,
  type Project,
  planFiles,
  readBuilt,
  refuseOtherImages,
  temporaryLayout,
} from '../stages/project'
import { inWorkspace, readCheckout, readConfig, siteUrl, withHosts } from './environment'
import { plan } from './plan'
import { withRecord } from './record'

type Context = CommandContext<InputsOf<'deploy'>>

/** The whole chain in one step, over one connection for each host; or what it would do. */
export async function run(context: Context): Promise<void> {
  if (context.inputs.mode === 'plan') return plan(context)
  const { inputs, outputs, report } = context
  const identity = identityOf(context.run, inputs.version ?? context.run.defaultVersion)
  report.to = identity.version
  report.toCommit = identity.commit
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
      outputs.set('url', siteUrl(config))
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
  const { inputs, outputs, reporter } = context
  const { id } = identity
  // An earlier attempt's images are the ones that count: never a second build of the same release.
  const known = recorded(deploy, id)
  if (known) refuseOtherImages(known.images, inputs.digests)
  if (isFinished(deploy, id)) {
    reporter.info(`${id} is live already; nothing is left to do`)
    await settle(deploy)
    if (known) tell(context, known)
    return
  }
  preflight(deploy, { identity, layout: undefined })
  const layout = known ? undefined : await images(context, project, identity, dir)
  const { pullFrom } = inputs
  const request = { identity, layout, ...(pullFrom && { pullFrom }) }
  preflight(deploy, request)
  await take(deploy)
  preflight(deploy, request)

  const before = liveRelease(deploy.hosts[0]!)?.id ?? ''
  outputs.set('previous-release', before === id ? '' : before)
  await withRecord(context, deploy.config, 'deploy', identity, () => chain(context, deploy, project, request))
}

async function chain(
  context: Context,
  deploy: Deploy,
  project: Project,
  request: DeliverRequest,
): Promise<void> {
  const { outputs } = context
  const release = await deliver(deploy, project, request)
  tell(context, release)
  const { backup, ran } = await backupAndMigrate(deploy, release)
  outputs.set('backup', backup)
  outputs.set('ran', String(ran))
  await startAndGate(deploy, release)
  outputs.set('healthy', 'true')
  outputs.set('switch-ms', String((await switchAndFinish(deploy, release)).switchMs))
  outputs.set('live-slot', release.slot)
}

function tell({ outputs }: Context, release: Release): void {
  outputs.set('slot', release.slot)
  outputs.set('digests', digestsOf(release.images))
}

/** What an earlier job built and tested, or what is built now. Nothing where no service has a build. */
async function images(
  { inputs, reporter }: Context,
  project: Project,
  identity: Identity,
  dir: string,
): ReturnType<typeof build> {
  if (inputs.layout !== undefined && !project.config.systemd)
    return readBuilt(inWorkspace(inputs.layout), inputs.digests)
  const layout = await build(project, {
    identity,
    secrets: inputs.buildSecrets,
    secretFiles: inputs.buildSecretFiles,
    ...(inputs.platform !== undefined && { platform: inputs.platform }),
    ...(inputs.registry && { registry: inputs.registry }),
    dir,
    onLine: (line) => reporter.output('build', line),
    warn: (message) => reporter.warning(message),
  })
  refuseOtherImages(imagesOf(layout), inputs.digests)
  return layout
}
