import { join } from 'node:path'
import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { identityOf } from '../stages/identity'
import { build, digestsOf, imagesOf } from '../stages/project'
import { writeProvenance } from '../stages/provenance'
import { inWorkspace, readCheckout, readConfig } from './environment'

export async function run(context: CommandContext<InputsOf<'build-image'>>): Promise<void> {
  const { inputs, outputs, reporter, report } = context
  const identity = identityOf(context.run, inputs.version ?? context.run.defaultVersion)
  const config = await readConfig(inputs)
  report.app = config.app
  report.to = identity.version
  report.toCommit = identity.commit
  const layout = await build(await readCheckout(config, inputs), {
    identity,
    secrets: inputs.buildSecrets,
    secretFiles: inputs.buildSecretFiles,
    ...(inputs.platform !== undefined && { platform: inputs.platform }),
    ...(inputs.registry && { registry: inputs.registry }),
    dir: inWorkspace(inputs.layout),
    onLine: (line) => reporter.output('build', line),
    warn: (message) => reporter.warning(message),
  })
  if (layout) {
    const files = await writeProvenance(layout, config.app, inputs.registry?.at, context.run, {
      ...{ config: inputs.config, environment: inputs.environment, version: identity.version },
      ...(inputs.platform !== undefined && { platform: inputs.platform }),
      ...(inputs.registry && { registry: inputs.registry.at }),
    })
    outputs.set('provenance', join(inputs.layout, files.provenance))
    outputs.set('subjects', join(inputs.layout, files.subjects))
  }
  outputs.set('digests', digestsOf(imagesOf(layout)))
  outputs.set('version', identity.version)
  outputs.set('layout', layout ? inputs.layout : '')
  // A workflow that fits every app has this step for those too that are deployed as files.
  if (!layout) reporter.info('No service of this app has a `build:`; there is nothing to build')
}
