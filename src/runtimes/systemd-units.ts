import type { Config, Process, Service } from '../config/schema'
import { slots } from '../release/slot'
import { Trouble } from '../release/trouble'

/** Where system units are. The deploy user's own are in its home. */
export const systemUnits = '/etc/systemd/system'

/** `APP-SERVICE@`: with the slot and `.service` after it the unit of one service in one slot. */
export function unitPrefix(app: string, service: string): string {
  return `${app}-${service}@`
}

/** The unit in which a command runs once in a slot. */
export function onceUnit(app: string, slot: string): string {
  return `${app}-once-${slot}.service`
}

/** The first line of each unit of an app, by which its units are told from those of others. */
export function unitMark(app: string): string {
  return `# A service of ${app}, run by Kawasemi. Changes made here are lost with the next deploy or setup-host.`
}

/** The services as systemd runs them. @throws {Trouble} where one has no command. */
export function processes(config: Config): [name: string, service: Service, process: Process][] {
  return Object.entries(config.services).map(([name, service]) => {
    if (service.process) return [name, service, service.process]
    throw new Trouble(`services.${name}`, 'has no command.', 'Say in kawasemi.yml how systemd runs it.')
  })
}

/**
 * A unit for both slots; systemd puts the slot where `%i` is. What it runs is a script of the release, so that a unit of
 * the system, which only root may change, takes new commands too.
 */
export function renderUnit(config: Config, name: string, service: Service, process: Process): string {
  const { app, base, systemd } = config
  const system = systemd?.scope === 'system'
  const release = `${checkedBase(base)}/slots/%i/release`
  const lines = [
    unitMark(app),
    '[Unit]',
    `Description=${app} ${name} (%i)`,
    // Whatever of it there is on the host: a service that is there after a reboot, but late, costs nothing.
    ...(system
      ? ['After=network.target docker.service postgresql.service mariadb.service mysql.service']
      : []),
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=/bin/sh ${release}/run/${name} %i`,
    `WorkingDirectory=${release}/files`,
    `EnvironmentFile=${release}/environment`,
    ...(system ? [`User=${systemd.user}`] : []),
    `UMask=${umask(system)}`,
    `SyslogIdentifier=${app}-${name}`,
    `Restart=${process.restart}`,
    'RestartSec=1',
    'KillMode=mixed',
    `TimeoutStopSec=${Math.ceil(service.stopTimeout / 1000)}`,
    // Also where the host's default is less: a web server has a file for every connection.
    'LimitNOFILE=65536',
    ...(process.memory === undefined ? [] : [`MemoryMax=${process.memory}`]),
    ...(process.cpu === undefined ? [] : [`CPUQuota=${Math.max(1, Math.round(process.cpu * 100))}%`]),
    'NoNewPrivileges=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    // A user's own manager has not the rights for these.
    ...(system
      ? ['PrivateTmp=yes', 'ProtectSystem=full', 'ProtectKernelTunables=yes', 'ProtectControlGroups=yes']
      : []),
    '',
    '[Install]',
    `WantedBy=${system ? 'multi-user.target' : 'default.target'}`,
  ]
  return `${lines.join('\n')}\n`
}

/** The words after `systemd-run` for a command that runs once; always the same ones, since sudo compares them. */
export function onceWords({ app, base, systemd }: Config, slot: string): string[] {
  const place = `${checkedBase(base)}/slots/${slot}`
  const system = systemd?.scope === 'system'
  const properties = [
    `WorkingDirectory=${place}/release/files`,
    `EnvironmentFile=${place}/release/environment`,
    ...(system ? [`User=${systemd.user}`] : []),
    `UMask=${umask(system)}`,
    'KillMode=mixed',
    'TimeoutStopSec=10',
    'NoNewPrivileges=yes',
  ]
  return [
    ...(system ? [] : ['--user']),
    '--quiet',
    '--collect',
    '--wait',
    '--pipe',
    `--unit=${onceUnit(app, slot)}`,
    ...properties.map((property) => `--property=${property}`),
    '/bin/sh',
    `${place}/once`,
  ]
}

/** What sudo lets the deploy user do without a password: exactly these verbs on exactly these units. */
export function renderSudoers(config: Config, user: string): string {
  const units = processes(config).flatMap(([name]) =>
    slots.map((slot) => `${unitPrefix(config.app, name)}${slot}.service`),
  )
  const verbs = ['start', 'stop', 'enable', 'disable', 'reset-failed']
  const commands = [
    ...units.flatMap((unit) => verbs.map((verb) => ['/usr/bin/systemctl', verb, unit])),
    ...slots.flatMap((slot) => [
      ['/usr/bin/systemd-run', ...onceWords(config, slot)],
      ['/usr/bin/systemctl', 'stop', onceUnit(config.app, slot)],
    ]),
  ]
  const rule = commands.map((words) => words.map(sudoersWord).join(' ')).join(', \\\n  ')
  return `# What the deploys of ${config.app} may do as root. Written by Kawasemi's setup-host.\n"${user}" ALL=(root) NOPASSWD: \\\n  ${rule}\n`
}

/** Another user's files in shared folders are of the deploy user's group, so that it can back them up. */
function umask(system: boolean): string {
  return system ? '0007' : '0027'
}

function sudoersWord(word: string): string {
  if (!/^[A-Za-z0-9@%._=:/-]+$/.test(word)) {
    throw new Trouble(
      'sudoers',
      `${JSON.stringify(word)} cannot be part of a rule.`,
      'Choose a plainer name.',
    )
  }
  return word.replace(/[=:]/g, '\\$&')
}

function checkedBase(base: string): string {
  // The schema refuses others; here they would become part of another language.
  if (/^(\/[A-Za-z0-9._-]+)+$/.test(base)) return base
  throw new Trouble(`base ${JSON.stringify(base)}`, 'cannot be part of a unit.', 'Choose a plainer path.')
}
