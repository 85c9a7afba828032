import type { Config } from '../../../src/config/schema'

/** An app with two web services, a worker, assets and every kind of route. */
export function exampleConfig(change: Partial<Config> = {}, proxy: Partial<Config['proxy']> = {}): Config {
  const health = { path: '/health', status: [], headers: {}, json: {} }
  return {
    app: 'bird-shop',
    environment: 'production',
    base: '/srv/bird-shop',
    hosts: [{ name: '203.0.113.7', address: '203.0.113.7', user: 'deploy', port: 22 }],
    compose: { file: 'compose.yaml', ignore: [] },
    services: {
      front: {
        role: 'web',
        port: 3000,
        slots: { blue: 13000, green: 13100 },
        health,
        assets: { path: '/app/static', url: '/_static/' },
        stopTimeout: 10_000,
      },
      api: { role: 'web', port: 3001, slots: { blue: 13001, green: 13101 }, health, stopTimeout: 10_000 },
      mailer: { role: 'worker', stopTimeout: 10_000 },
    },
    accessories: [],
    volumes: {},
    proxy: {
      kind: 'nginx',
      domains: ['bird-shop.example', 'www.bird-shop.example'],
      routes: [
        { path: '/', service: 'front' },
        { path: '/api/', service: 'api' },
        { path: '/health', service: 'api' },
      ],
      listen: 80,
      bodySize: 10_485_760,
      readTimeout: 60_000,
      keepaliveTimeout: 4_000,
      ...proxy,
    },
    hooks: { afterShip: [], beforeSwitch: [], afterSwitch: [], onFailure: [] },
    setup: { packages: [], database: false, docker: 'host', firewall: 'off', openPorts: [] },
    backup: 'on',
    gate: { deadline: 60_000, interval: 1_000, timeout: 5_000, successes: 2 },
    bake: { duration: 30_000, maxErrorPercent: 5, minRequests: 20 },
    drain: { timeout: 30_000 },
    retire: { previous: 'warm', keep: 5 },
    ...change,
  }
}
