import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config, Systemd } from '../config/schema'
import { call } from '../host/program'
import type { RuntimeSetup } from './runtime'
import { processes, renderSudoers, renderUnit, systemUnits, unitMark, unitPrefix } from './systemd-units'

const library = readFileSync(join(__dirname, 'systemd-setup.sh'), 'utf8')

/** What root prepares once, so that deploys need no rights of root: either way of running units has its own. */
export function systemdSetup(config: Config, settings: Systemd, user: string): RuntimeSetup {
  return {
    library,
    docker: config.accessories.length > 0,
    calls: [
      call('journal_reader'),
      call('folder', '2750', 'shared/data'),
      ...(settings.scope === 'user'
        ? [call('own_systemd'), ...settings.shared.map((path) => call('shared_data', path, ''))]
        : systemCalls(config, settings, user)),
    ],
  }
}

function systemCalls(config: Config, { user: runsAs, shared }: Systemd, user: string) {
  return [
    call('app_user', runsAs),
    ...shared.map((path) => call('shared_data', path, runsAs)),
    ...processes(config).map(([name, service, process]) =>
      call(
        'unit',
        `${systemUnits}/${unitPrefix(config.app, name)}.service`,
        renderUnit(config, name, service, process).trimEnd(),
        unitMark(config.app),
      ),
    ),
    call('units_end'),
    call('sudoers', `/etc/sudoers.d/kawasemi-${config.app}`, renderSudoers(config, user).trimEnd()),
  ]
}
