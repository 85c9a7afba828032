import { until } from '../../../lab/run'
import type { LabServer } from '../../../lab/server'

/**
 * A certificate authority on a lab server: Debian's `pebble`, which speaks ACME as Let's Encrypt does and really asks each
 * domain, by a name server of its own.
 */
export interface Authority {
  /** What kawasemi.yml says. */
  readonly server: string
  /** The certificate of its root, in PEM. */
  readonly root: string
}

/** Names end here: for all others every address is this server's. */
export const unresolved = 'nowhere.example'
/** It issues nothing for these. */
export const refused = 'refused.example'

/** @param lifetimes how long its certificates hold, in seconds; one authority for each */
export async function startAuthorities(
  server: LabServer,
  lifetimes: readonly number[],
): Promise<readonly Authority[]> {
  await must(server, trust)
  await must(
    server,
    `systemd-run -q --unit names pebble-challtestsrv -defaultIPv4 127.0.0.1 -defaultIPv6 '' -dns01 127.0.0.1:8053 \\
       -http01 '' -https01 '' -tlsalpn01 '' -doh '' -management 127.0.0.1:8055`,
  )
  await answers(server, 'http://127.0.0.1:8055/', '')
  await must(server, `curl -sSf -d '{"host":"${unresolved}"}' http://127.0.0.1:8055/set-servfail`)
  return Promise.all(lifetimes.map((seconds, at) => startAuthority(server, at, seconds)))
}

async function startAuthority(server: LabServer, at: number, seconds: number): Promise<Authority> {
  const [port, management] = [14000 + at, 15000 + at]
  const settings = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: '/etc/pebble/cert.pem',
    privateKey: '/etc/pebble/key.pem',
    httpPort: 80,
    tlsPort: 443,
    domainBlocklist: [refused],
    // Else it names a date every other time, which Caddy 2.6 cannot read.
    retryAfter: { authz: 0, order: 0 },
    certificateValidityPeriod: seconds,
  }
  const file = `/etc/pebble/${port}.json`
  await must(server, `cat >${file}`, JSON.stringify({ pebble: settings }))
  // It waits less before it asks, and refuses no good nonce for practice: certbot tries again only once.
  await must(
    server,
    `systemd-run -q --unit pebble-${port} -E PEBBLE_VA_NOSLEEP=1 -E PEBBLE_WFE_NONCEREJECT=0 pebble -config ${file} -dnsserver 127.0.0.1:8053`,
  )
  const address = `https://localhost:${management}/roots/0`
  await answers(server, address, 'BEGIN CERTIFICATE')
  return { server: `https://localhost:${port}/dir`, root: await must(server, `curl -sSf ${address}`) }
}

/** The authority's own HTTPS, with a certificate that the server trusts. */
const trust = `set -e; mkdir -p /etc/pebble; cd /etc/pebble
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \\
    -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem
  cp cert.pem /usr/local/share/ca-certificates/pebble.crt
  update-ca-certificates`

async function answers(server: LabServer, url: string, text: string): Promise<void> {
  let last = ''
  await until(
    async () => {
      const { stdout, stderr, code } = await server.exec(`curl -sS ${url}`)
      last = stdout + stderr
      return code === 0 && stdout.includes(text)
    },
    60,
    () => `${url} says ${last}`,
  )
}

async function must(server: LabServer, program: string, input?: string): Promise<string> {
  const { stdout, stderr, code } = await server.exec(program, input === undefined ? {} : { input })
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stdout}${stderr}`)
  return stdout
}
