import type { Config, Process, Service } from '../config/schema'
import { quote } from '../host/quote'
import type { Release } from '../release/release'
import { slots } from '../release/slot'

/**
 * The script that starts a service of a release: `sh SCRIPT SLOT`, or with more words another command in its place. It
 * names the release's own folders, so that what runs keeps them when the slot passes on to another release.
 */
export function renderLauncher(
  config: Config,
  release: Pick<Release, 'id' | 'version'>,
  service: Service,
  process: Process,
): string {
  const folder = `${config.base}/releases/${release.id}`
  const port =
    service.role === 'web'
      ? [
          'case $1 in',
          ...slots.map((slot) => `  ${slot}) PORT=${service.slots[slot]} ;;`),
          'esac',
          'export PORT',
        ]
      : []
  return `${[
    '#!/bin/sh',
    ...port,
    `KAWASEMI_APP=${quote(config.app)} KAWASEMI_SLOT=$1`,
    `KAWASEMI_RELEASE=${quote(release.id)} KAWASEMI_VERSION=${quote(release.version)}`,
    'export KAWASEMI_APP KAWASEMI_SLOT KAWASEMI_RELEASE KAWASEMI_VERSION',
    ...searchPath(folder),
    `cd ${quote(`${folder}/files`)} || exit 126`,
    'shift',
    'if [ "$#" -gt 0 ]; then exec "$@"; fi',
    `exec ${process.command.map(commandWord).join(' ')}`,
  ].join('\n')}\n`
}

/** Programs of the release's own environment come first. */
function searchPath(folder: string): string[] {
  return [
    `PATH=${quote(`${folder}/venv/bin`)}:${quote(`${folder}/files/node_modules/.bin`)}:\${PATH:-/usr/local/bin:/usr/bin:/bin}`,
    'export PATH',
    `if [ -d ${quote(`${folder}/venv`)} ]; then export VIRTUAL_ENV=${quote(`${folder}/venv`)}; fi`,
  ]
}

/** `${PORT}` and our own variables mean their values; all else is literal. */
function commandWord(word: string): string {
  return word
    .split(/\$\{(PORT|KAWASEMI_(?:SLOT|RELEASE|VERSION|APP))\}/)
    .map((part, index) => (index % 2 === 1 ? `"\${${part}-}"` : part === '' ? '' : quote(part)))
    .join('')
    .replace(/^$/, "''")
}
