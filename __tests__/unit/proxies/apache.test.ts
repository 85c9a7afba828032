import { apache } from '../../../src/proxies/apache'
import { exampleConfig } from './config'

describe('the site for Apache', () => {
  const site = apache.renderSite(exampleConfig({}, { kind: 'apache' }))

  test('looks for `up` before it takes blue for live, and never at blue', () => {
    const looks = site.indexOf('RewriteCond /srv/bird-shop/live/up !-f\n  RewriteRule ^ - [R=503,L]')
    expect(looks).toBeGreaterThan(0)
    expect(site.indexOf('[E=kawasemi_slot:blue]')).toBeGreaterThan(looks)
    expect(site).not.toContain('live/blue')
  })

  test('asks an app again that was down a moment ago, and lets go of idle connections first', () => {
    expect(site.match(/retry=0 upgrade=websocket disablereuse=off ttl=4/g)).toHaveLength(4)
    const short = apache.renderSite(exampleConfig({}, { keepaliveTimeout: 900 }))
    expect(short).toContain('disablereuse=on')
  })

  test('listens on a port that Debian’s own configuration does not have', () => {
    expect(site).not.toContain('Listen')
    expect(apache.renderSite(exampleConfig({}, { listen: 8080 }))).toContain('\nListen 8080\n')
  })
})
