import { createHash } from 'node:crypto'

/** `kawasemi/APP-SERVICE`: the image's name in the runner's Docker, in the tunnel registry and on the host. */
export function imageName(app: string, service: string): string {
  return `kawasemi/${safe(app)}-${safe(service)}`
}

/** `kawasemi/APP-SERVICE:RELEASE`. */
export function imageTag(app: string, service: string, release: string): string {
  const tag = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}$/.test(release) ? release : safe(release)
  return `${imageName(app, service)}:${tag}`
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
