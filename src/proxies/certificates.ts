import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { acmeFolder, certbotFolder } from '../config/places'
import type { Config } from '../config/schema'
import { type Call, call } from '../host/program'
import { certificateFiles, certificateName, wwwRedirects } from './options'
import type { ProxyKind } from './proxy'
import { type Site, siteOf } from './site'

const common = readFileSync(join(__dirname, 'certificates.sh'), 'utf8')
const certbot = readFileSync(join(__dirname, 'certbot.sh'), 'utf8')
const byCaddy = readFileSync(join(__dirname, 'caddy-certificates.sh'), 'utf8')

const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory'

/** A site whose certificate an authority issues. */
export interface CertifiedSite {
  /** Shell functions; they use those of setup-host. */
  readonly libraries: readonly string[]
  readonly calls: readonly Call[]
}

/**
 * How setup-host installs the site together with its certificate; undefined where nobody has to get one. What fails leaves
 * the site that was there.
 *
 * @throws {Trouble} when a value must not reach the site.
 */
export function certifiedSite(config: Config, proxy: ProxyKind): CertifiedSite | undefined {
  const { kind, tls, ownSite } = config.proxy ?? {}
  if (!tls || ownSite || tls.certificate !== undefined) return undefined
  return kind === 'caddy'
    ? { libraries: [common, byCaddy], calls: caddyCalls(config, proxy) }
    : { libraries: [common, certbot], calls: certbotCalls(config, proxy) }
}

/** The site in plain HTTP where there is no certificate yet, then the certificate, then the whole site. */
function certbotCalls(config: Config, proxy: ProxyKind): Call[] {
  const site = siteOf(config)
  const { email = '', server = letsEncrypt } = site.proxy.tls?.acme ?? {}
  const name = certificateName(site.app)
  const { certificate } = certificateFiles(site.app)
  const hook = `/etc/kawasemi/${site.app}/certificate-renewed`
  const path = proxy.sitePath(config)
  const whole = proxy.renderSite(config).trimEnd()
  const port = String(site.proxy.listen)
  return [
    call('certbot_installed'),
    ...(site.proxy.service === undefined ? [] : [call('web_sees', certbotFolder, acmeFolder)]),
    call('renewed_hook', hook, renderHook(site.app, proxy)),
    call('site_until_certified', path, certificate, proxy.renderSite(config, false).trimEnd(), whole),
    call('certificate', name, certificate, acmeFolder, port, hook, email, server, ...domainsOf(site)),
    call('site', path, whole),
    call('site_certified'),
    call('renewal_timer'),
  ]
}

function caddyCalls(config: Config, proxy: ProxyKind): Call[] {
  const path = proxy.sitePath(config)
  return [
    call('keep_site', path),
    call('caddy_begins'),
    call('site', path, proxy.renderSite(config).trimEnd()),
    call('caddy_certified', ...domainsOf(siteOf(config))),
    call('site_certified'),
  ]
}

/** All names that it has to hold: those that redirect too. */
function domainsOf({ proxy }: Site): string[] {
  return [...proxy.domains, ...wwwRedirects(proxy).map(([from]) => from)]
}

function renderHook(app: string, { renewed }: ProxyKind): string {
  return `#!/bin/sh
# Written by Kawasemi's setup-host. Certbot runs it when it has a new certificate for the site of ${app}.
${renewed}`
}
