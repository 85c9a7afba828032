import { Trouble } from '../release/trouble'
import { type BuildSecrets, matching, missing, type Reader } from './input-reader'
import { type KeyRule, parseKeyValues } from './key-values'

/** Files of the runner that the build gets as secrets, by their id: for what is too large for an input. */
export type BuildSecretFiles = Readonly<Record<string, string>>

export interface RegistryInput {
  readonly host: string
  /** `HOST/OWNER/APP`. */
  readonly at: string
  readonly user: string
  readonly password: string
  /** Whether layers are kept there from build to build. */
  readonly cache: boolean
}

export interface TransportInputs {
  /** Where the servers pull the images from; absent: they get them through the SSH connection. */
  readonly pullFrom?: RegistryInput
}

export interface BuildInputs {
  readonly buildSecrets: BuildSecrets
  readonly buildSecretFiles: BuildSecretFiles
  /** Where the images are pushed to; absent: nowhere. */
  readonly registry?: RegistryInput
  /** `linux/arm64`, for images whose services name none; absent: the runner's own. */
  readonly platform?: string
}

const buildSecretFilesRule: KeyRule = {
  input: 'build-secret-files',
  key: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/,
  keyIs: 'an id of letters, digits, `_`, `.` and `-`',
}

/** What all actions take that build images. */
export function buildInputs(read: Reader): BuildInputs {
  const platform = read.text('platform')
  return {
    buildSecrets: read.buildSecrets,
    buildSecretFiles: parseKeyValues(read.raw('build-secret-files'), buildSecretFilesRule),
    ...(read.text('registry') !== '' && { registry: registry(read) }),
    ...(platform !== '' && {
      platform: matching('platform', platform, platformPattern, 'one platform, such as `linux/arm64`'),
    }),
  }
}

/** What all actions take that bring images to servers. */
export function transportInputs(read: Reader): TransportInputs {
  const transport = matching('transport', read.text('transport'), /^(?:ssh|registry)$/, '`ssh` or `registry`')
  if (transport === 'ssh') return {}
  if (read.text('registry') === '') throw missing('registry')
  return { pullFrom: registry(read) }
}

const platformPattern = /^linux\/[a-z0-9]{1,20}(?:\/[a-z0-9]{1,10})?$/
const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
/** What comes before the first slash is a host only with a dot or a port in it; Docker would ask its Hub otherwise. */
const host = '(?:localhost|[a-z0-9-]+(?:\\.[a-z0-9-]+)+|[a-z0-9-]+(?=:))(?::\\d{1,5})?'
const registryPattern = new RegExp(`^(?=.{1,150}$)${host}(?:/${part})+$`)

function registry(read: Reader): RegistryInput {
  const cache = matching('cache', read.text('cache'), /^(?:registry|off|)$/, '`registry` or `off`') !== 'off'
  // GitHub's names of owners and repositories may have capitals, which the names of images may not.
  const at = matching(
    'registry',
    read.text('registry').toLowerCase(),
    registryPattern,
    'a name for images, such as `ghcr.io/OWNER/APP`',
  )
  const host = at.slice(0, at.indexOf('/'))
  if (/(?:^|\.)docker\.(?:io|com)$/.test(host)) {
    throw new Trouble(
      'Input registry',
      'is a name at Docker Hub, where names of three parts (OWNER/APP/SERVICE) are not to be had.',
      'Name another registry, such as ghcr.io.',
    )
  }
  // GitHub's token is for GitHub: another registry must never see it.
  const password = read.raw('registry-password') || (host === 'ghcr.io' ? read.text('github-token') : '')
  if (password === '') throw missing('registry-password')
  const user = read.text('registry-user')
  if (user === '') throw missing('registry-user')
  return {
    host,
    at,
    user: matching('registry-user', user, /^[^\s:\p{Cc}]{1,200}$/u, 'the name of a user'),
    password,
    cache,
  }
}
