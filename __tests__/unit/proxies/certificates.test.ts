import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import type { Acme } from '../../../src/config/schema'
import { apache } from '../../../src/proxies/apache'
import { caddy } from '../../../src/proxies/caddy'
import { certifiedSite } from '../../../src/proxies/certificates'
import { nginx } from '../../../src/proxies/nginx'
import { nginxInside } from '../../../src/proxies/nginx-inside'
import { Trouble } from '../../../src/release/trouble'
import { exampleConfig } from './config'

const withAcme = (acme: Acme = {}, proxy = {}) =>
  exampleConfig({}, { tls: { acme, listen: 443, redirectHttp: true }, ...proxy })
const callsOf = (config = withAcme(), kind = nginx) => {
  const { calls } = certifiedSite({ ...config, proxy: { ...config.proxy!, kind: kind.kind } }, kind)!
  return Object.fromEntries(calls.map(({ name, args }) => [name, args]))
}

describe('a site with a certificate by certbot', () => {
  test('is there in plain HTTP first, and whole once the certificate is', () => {
    expect(Object.keys(callsOf())).toEqual([
      'certbot_installed',
      'renewed_hook',
      'site_until_certified',
      'certificate',
      'site',
      'site_certified',
      'renewal_timer',
    ])
    const [, , plain, whole] = callsOf().site_until_certified!
    expect(plain).not.toContain('ssl')
    expect(whole).toContain('ssl_certificate /etc/letsencrypt/live/kawasemi-bird-shop/fullchain.pem;')
    expect(callsOf().site![1]).toBe(whole)
  })

  test('holds the names that redirect too, from the authority that is named', () => {
    const server = 'https://ca.example/dir'
    const config = withAcme({ server }, { domains: ['a.example', 'www.b.example'], redirectWww: true })
    expect(callsOf(config).certificate!.slice(6)).toEqual([
      server,
      'a.example',
      'www.b.example',
      'www.a.example',
      'b.example',
    ])
    expect(callsOf().certificate![6]).toBe('https://acme-v02.api.letsencrypt.org/directory')
  })

  test.each([nginx, apache])('has the web server reloaded after its own test ($kind)', (kind) => {
    const [file, hook] = callsOf(withAcme(), kind).renewed_hook!
    expect(file).toBe('/etc/kawasemi/bird-shop/certificate-renewed')
    expect(hook).toMatch(/ -t .*(&&|exit 1).*systemctl reload /s)
    execFileSync('sh', ['-n'], { input: hook })
  })

  test('is for an nginx in a container too, once it sees what it needs of the host', () => {
    const config = withAcme({}, { service: 'web' })
    const calls = callsOf(config, nginxInside(config))
    const names = Object.keys(calls)
    expect(calls.web_sees).toEqual(['/etc/letsencrypt', '/var/lib/kawasemi/acme'])
    expect(names.indexOf('web_sees')).toBeLessThan(names.indexOf('site_until_certified'))
    const hook = calls.renewed_hook![1]!
    expect(hook).toMatch(/ nginx -t -q && docker exec "\$nginx" nginx -s reload;/)
    execFileSync('sh', ['-n'], { input: hook })
  })

  test('has an nginx in a container reloaded if there is one, and only if it takes its configuration', () => {
    const config = withAcme({}, { service: 'web' })
    const renewed = (running: string, test: string) => {
      const docker = `docker() { case "$1 $4" in ps*) echo '${running}' ;; 'exec -t') ${test} ;; *) echo "$@" ;; esac; }`
      const { status, stdout } = spawnSync('sh', {
        input: `${docker}\n${callsOf(config, nginxInside(config)).renewed_hook![1]}`,
      })
      return [status, String(stdout)]
    }
    expect(renewed('1a2b', 'true')).toEqual([0, 'exec 1a2b nginx -s reload\n'])
    expect(renewed('1a2b', 'false')).toEqual([1, ''])
    expect(renewed('', 'true')).toEqual([0, ''])
  })

  test('is Caddy’s own business, which is only waited for', () => {
    const calls = callsOf(withAcme({}, { domains: ['a.example'], redirectWww: true }), caddy)
    expect(calls.caddy_certified).toEqual(['a.example', 'www.a.example'])
    expect(calls.certificate).toBeUndefined()
  })

  test('is nobody’s business with files, without TLS, or with a site of one’s own', () => {
    const tls = { certificate: '/a/b', key: '/a/c', listen: 443, redirectHttp: true }
    expect(certifiedSite(exampleConfig(), nginx)).toBeUndefined()
    expect(certifiedSite(exampleConfig({}, { tls }), nginx)).toBeUndefined()
    expect(certifiedSite(withAcme({}, { ownSite: true }), caddy)).toBeUndefined()
  })

  test('hands certbot nothing that it could take for another option, whatever the values', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc
        .array(fc.constantFrom('-', 'd', ',', ' ', '.', 'a', '@', '/', ':', '$', '`', "'", '\n', '*'), {
          maxLength: 8,
        })
        .map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(hostile, hostile, hostile, (domain, email, path) => {
        let args: readonly string[]
        try {
          args = callsOf(withAcme({ email, server: `https://a.example/${path}` }, { domains: [domain] }))
            .certificate!
        } catch (error) {
          expect(error).toBeInstanceOf(Trouble)
          return
        }
        for (const arg of args) expect(arg).toMatch(/^[A-Za-z0-9/][A-Za-z0-9._+@:/~-]*$/)
      }),
      { numRuns: 500 },
    )
  })
})

describe('what went wrong', () => {
  const reason = (said: string) =>
    execFileSync('sh', {
      input: `${certifiedSite(withAcme(), nginx)!.libraries.join('\n')}\ncertbot_reason <<'SAID'\n${said}\nSAID\n`,
    })
      .toString()
      .trim()

  test('is what the authority says of each domain', () => {
    expect(
      reason(`Saving debug log to /var/log/letsencrypt/letsencrypt.log
Requesting a certificate for none.example and gone.example

Certbot failed to authenticate some domains (authenticator: webroot). The Certificate Authority reported these problems:
  Domain: none.example
  Type:   dns
  Detail: DNS problem: NXDOMAIN looking up A for none.example

  Domain: gone.example
  Type:   unauthorized
  Detail: 203.0.113.9: Invalid response from http://gone.example/.well-known/acme-challenge/x: 404

Hint: The Certificate Authority failed to download the temporary challenge files.

Some challenges have failed.`),
    ).toBe(
      'none.example (dns): DNS problem: NXDOMAIN looking up A for none.example; ' +
        'gone.example (unauthorized): 203.0.113.9: Invalid response from http://gone.example/.well-known/acme-challenge/x: 404',
    )
  })

  test('is else the end of what certbot says', () => {
    expect(reason('Saving debug log\nAnother instance of Certbot is already running.')).toBe(
      'Saving debug log Another instance of Certbot is already running.',
    )
  })
})
