import type { Config, Service } from '../../../src/config/schema'

type WebSketch = { role: 'web'; port: number; slots: { blue: number; green: number } }

interface Sketch {
  services: Record<string, WebSketch | { role: 'worker' }>
  accessories?: string[]
  volumes?: Record<string, 'shared' | 'slot'>
  ignore?: string[]
}

/** A config with what the runtime looks at, and defaults for the rest. */
export function configOf({ services, accessories = [], volumes = {}, ignore = [] }: Sketch): Config {
  const health = { path: '/', status: [], headers: {}, json: {} }
  const full = ([name, service]: [string, Sketch['services'][string]]): [string, Service] => [
    name,
    service.role === 'web' ? { ...service, health, stopTimeout: 10_000 } : { ...service, stopTimeout: 2_500 },
  ]
  return {
    app: 'shop',
    environment: 'production',
    base: '/srv/shop',
    hosts: [],
    compose: { file: 'docker-compose.yml', ignore },
    services: Object.fromEntries(Object.entries(services).map(full)),
    accessories,
    volumes,
    hooks: { afterShip: [], beforeSwitch: [], afterSwitch: [], onFailure: [] },
    setup: { packages: [], database: false, docker: 'host', firewall: 'off', openPorts: [] },
    backup: 'on',
    gate: { deadline: 60_000, interval: 1000, timeout: 5000, successes: 2 },
    bake: { duration: 30_000, maxErrorPercent: 5, minRequests: 20 },
    drain: { timeout: 30_000 },
    retire: { previous: 'warm', keep: 5 },
  }
}
