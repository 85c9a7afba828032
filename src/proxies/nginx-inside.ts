import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { siteFolder } from '../config/places'
import type { Config } from '../config/schema'
import { nginx } from './nginx'
import type { ProxyKind } from './proxy'
import { siteOf } from './site'

const library = readFileSync(join(__dirname, 'nginx-inside.sh'), 'utf8')

/**
 * nginx in a container that is an accessory: the same site, in a folder that the container sees. It is found by the
 * labels that Compose gave it.
 *
 * @throws {Trouble} when a name must not reach a shell program.
 */
export function nginxInside(config: Config): ProxyKind {
  const { app, proxy } = siteOf(config)
  const labels = [`project=${app}-accessories`, `service=${proxy.service}`, 'oneoff=False']
  const list = `docker ps -q ${labels.map((each) => `--filter label=com.docker.compose.${each}`).join(' ')}`
  return {
    ...nginx,
    setup: `${library}\n# web_container: its id, while it runs.\nweb_container() { ${list} --filter status=running </dev/null | head -n 1; }\n`,
    // One that does not run reads the new certificate when it starts.
    renewed: `nginx=$(${list} --filter status=running | head -n 1)
[ -z "$nginx" ] || { docker exec "$nginx" nginx -t -q && docker exec "$nginx" nginx -s reload; }`,
    rotate: [
      'create',
      'postrotate',
      `  ${list} | xargs -r docker kill --signal USR1 >/dev/null`,
      'endscript',
    ],
    sitePath: () => `${siteFolder(app)}/${app}.conf`,
  }
}
