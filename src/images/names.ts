import { createHash } from 'node:crypto'

/** `kawasemi/APP-SERVICE`: the image's name in the runner's Docker, in the tunnel registry and on the host. */
export function imageName(app: string, service: string): string {
  return `kawasemi/${safe(app)}-${safe(service)}`
}

/** `kawasemi/APP-SERVICE:RELEASE`. */
export function imageTag(app: string, service: string, release: string): string {
  return `${imageName(app, service)}:${tagOf(release)}`
}

/** `ghcr.io/OWNER/APP/SERVICE`: where a registry keeps the service's images. `at` is the part before the service. */
export function pushedName(at: string, service: string): string {
  return `${at}/${safe(service)}`
}

/** `ghcr.io/OWNER/APP/SERVICE:VERSION`. */
export function pushedTag(at: string, service: string, version: string): string {
  return `${pushedName(at, service)}:${tagOf(version)}`
}

/** What a build of the service's image leaves for the next one. */
export function cacheTag(at: string, service: string): string {
  return `${pushedName(at, service)}:buildcache`
}

function tagOf(version: string): string {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}$/.test(version) ? version : safe(version)
}

/** Docker's names are stricter than Compose's: what has to change keeps a piece of its hash, so that no two meet. */
function safe(name: string): string {
  if (/^[a-z0-9]+([._-][a-z0-9]+)*$/.test(name) && name.length <= 60) return name
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-|-$/g, '')
  return `${plain || 'x'}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}
