import type { ConfigFile, FileDatabase } from './schema'

/** What a schema cannot say: how parts of the file have to fit each other. */
export interface Misfit {
  path: (string | number)[]
  expected: string
  /** What is there, where the value itself does not say it. */
  found?: string
}

/** All places where the parts do not fit. Each part alone has already passed the schema. */
export function misfits(file: ConfigFile): Misfit[] {
  return [
    ...repeated(file),
    ...overlapping(file),
    ...slotPorts(file),
    ...routes(file),
    ...proxyKinds(file),
    ...references(file),
    ...databases(file),
    ...setups(file),
    ...timing(file),
    ...runtime(file),
  ]
}

function repeated({ hosts, accessories, compose, systemd, proxy }: ConfigFile): Misfit[] {
  const lists: { path: (string | number)[]; items: string[] }[] = [
    { path: ['hosts'], items: hosts.map(placeOf) },
    { path: ['accessories'], items: accessories },
    { path: ['compose', 'ignore'], items: compose?.ignore ?? [] },
    { path: ['systemd', 'shared'], items: systemd?.shared ?? [] },
    { path: ['proxy', 'domains'], items: proxy?.domains ?? [] },
    { path: ['proxy', 'routes'], items: proxy?.routes.map((route) => route.path) ?? [] },
    { path: ['proxy', 'files'], items: proxy?.files.map(({ path }) => path) ?? [] },
  ]
  return lists.flatMap(({ path, items }) =>
    items.flatMap((item, index) =>
      items.indexOf(item) === index
        ? []
        : [{ path: [...path, index], expected: 'each one once', found: `${item} again` }],
    ),
  )
}

/** Behind two jump hosts the same address may be two servers. */
function placeOf({ address, port, jump }: ConfigFile['hosts'][number]): string {
  return `${address}:${port}${jump ? ` behind ${placeOf(jump)}` : ''}`
}

function overlapping({ services, accessories, compose }: ConfigFile): Misfit[] {
  const inAccessories = accessories.flatMap((name, index) =>
    Object.hasOwn(services, name)
      ? [{ path: ['accessories', index], expected: 'a name that is not under services', found: name }]
      : [],
  )
  const inIgnore = (compose?.ignore ?? []).flatMap((name, index) =>
    Object.hasOwn(services, name) || accessories.includes(name)
      ? [
          {
            path: ['compose', 'ignore', index],
            expected: 'a name that is not deployed elsewhere in the file',
            found: name,
          },
        ]
      : [],
  )
  return [...inAccessories, ...inIgnore]
}

function slotPorts({ services, proxy }: ConfigFile): Misfit[] {
  const takenBy = new Map<number, string>()
  if (proxy) takenBy.set(proxy.listen, 'proxy.listen')
  const found: Misfit[] = []
  for (const [name, service] of Object.entries(services)) {
    if (service.role === 'worker') continue
    for (const slot of ['blue', 'green'] as const) {
      const port = service.slots[slot]
      const owner = takenBy.get(port)
      const path = ['services', name, 'slots', slot]
      if (owner) found.push({ path, expected: 'a port of its own', found: `${port}, which is ${owner}` })
      else takenBy.set(port, path.join('.'))
    }
  }
  return found
}

function routes({ services, accessories, proxy }: ConfigFile): Misfit[] {
  if (!proxy) return []
  const web = Object.keys(services).filter((name) => services[name]!.role !== 'worker')
  const expected = `the name of a web service (${web.join(', ') || 'there is none'})`
  const found: Misfit[] = proxy.routes.flatMap(({ service }, index) =>
    web.includes(service) ? [] : [{ path: ['proxy', 'routes', index, 'service'], expected }],
  )
  if (!proxy.routes.some(({ path }) => path === '/')) {
    found.push({ path: ['proxy', 'routes'], expected: 'a route for the path /', found: 'none' })
  }
  if (proxy.service !== undefined && !accessories.includes(proxy.service)) {
    const expected = `one of the accessories (${accessories.join(', ') || 'there is none'})`
    found.push({ path: ['proxy', 'service'], expected })
  }
  return found
}

function proxyKinds({ proxy }: ConfigFile): Misfit[] {
  if (!proxy) return []
  const found: Misfit[] = []
  if (proxy.service !== undefined && proxy.kind !== 'nginx') {
    const expected = 'no service: only nginx can run in a container'
    found.push({ path: ['proxy', 'service'], expected })
  }
  if (proxy.kind === 'caddy') found.push(...underCaddy(proxy))
  if (proxy.kind !== 'nginx' && proxy['rate-limits'].length > 0) {
    const expected = `none with ${proxy.kind}, which cannot limit rates by itself`
    found.push({ path: ['proxy', 'rate-limits'], expected })
  }
  return [...found, ...tls(proxy), ...redirects(proxy)]
}

type ProxyFile = NonNullable<ConfigFile['proxy']>

/** For another port it logs only those requests whose Host names it, so a bake would miss the others. */
function underCaddy({ listen, tls }: ProxyFile): Misfit[] {
  const why = 'with caddy, whose log depends on it'
  return [
    ...(listen === 80 ? [] : [{ path: ['proxy', 'listen'], expected: `80 ${why}` }]),
    ...(!tls || tls.listen === 443 ? [] : [{ path: ['proxy', 'tls', 'listen'], expected: `443 ${why}` }]),
  ]
}

function tls(proxy: ProxyFile): Misfit[] {
  const { kind, listen, tls } = proxy
  if (!tls) return []
  const found = tls.acme ? besideAcme(proxy) : []
  const byItself = tls.acme !== undefined || kind === 'caddy'
  for (const key of ['certificate', 'key'] as const) {
    if (tls[key] !== undefined) continue
    if (byItself && tls.certificate === tls.key) continue
    found.push({
      path: ['proxy', 'tls', key],
      expected: 'an absolute path of the host, such as /etc/ssl/shop.pem',
    })
  }
  if (tls.listen === listen)
    found.push({ path: ['proxy', 'tls', 'listen'], expected: 'another port than proxy.listen' })
  return found
}

/** Certbot has a web server reloaded with the site that names its files. */
function besideAcme({ kind, tls, ...proxy }: ProxyFile): Misfit[] {
  const path = ['proxy', 'tls', 'acme']
  const reasons = [
    ...(tls?.certificate !== undefined || tls?.key !== undefined ? ['either acme or files, not both'] : []),
    ...(proxy['own-site'] && kind !== 'caddy'
      ? ['no acme with own-site, whose file names the certificate']
      : []),
  ]
  return reasons.map((expected) => ({ path, expected }))
}

/** A domain that answers cannot redirect as well. */
function redirects({ domains, ...proxy }: ProxyFile): Misfit[] {
  if (!proxy['redirect-www']) return []
  return domains.flatMap((domain, index) =>
    domains.includes(`www.${domain}`)
      ? [
          {
            path: ['proxy', 'domains', index],
            expected: `either ${domain} or www.${domain}, with redirect-www`,
          },
        ]
      : [],
  )
}

function references({ services, migrations, hooks }: ConfigFile): Misfit[] {
  const found: Misfit[] = []
  for (const [moment, commands] of Object.entries(hooks)) {
    for (const [index, { service }] of commands.entries()) {
      if (Object.hasOwn(services, service)) continue
      const expected = `the name of a service (${Object.keys(services).join(', ') || 'there is none'})`
      found.push({ path: ['hooks', moment, index, 'service'], expected })
    }
  }
  if (migrations && !Object.hasOwn(services, migrations.service)) {
    const expected = `the name of a service (${Object.keys(services).join(', ') || 'there is none'})`
    found.push({ path: ['migrations', 'service'], expected })
  }
  return found
}

function databases({ database, accessories, volumes }: ConfigFile): Misfit[] {
  if (!database) return []
  if (database.kind === 'sqlite') return databaseFiles(database, volumes)
  const ways = (['accessory', 'url-env', 'env'] as const).filter((key) => database[key] !== undefined)
  if (ways.length !== 1) {
    const found = ways.length === 0 ? 'none of them' : ways.join(' and ')
    return [{ path: ['database'], expected: 'either accessory, url-env or env', found }]
  }
  if (database.accessory === undefined || accessories.includes(database.accessory)) return []
  const expected = `one of the accessories (${accessories.join(', ') || 'there is none'})`
  return [{ path: ['database', 'accessory'], expected }]
}

/** What `setup` says has to have something to work on. */
function setups({ setup, database, hosts, proxy }: ConfigFile): Misfit[] {
  const found: Misfit[] = []
  if (setup.database && (!database || database.kind === 'sqlite' || database.accessory !== undefined)) {
    const expected = 'false, unless `database` names the variables of a server (url-env or env)'
    found.push({ path: ['setup', 'database'], expected })
  }
  if (setup.database && hosts.length > 1)
    found.push({ path: ['setup', 'database'], expected: 'false with several hosts, which share one' })
  if (setup.docker === 'rootless' && proxy?.service !== undefined) {
    const expected = 'host with proxy.service: rootless Docker cannot have port 80'
    found.push({ path: ['setup', 'docker'], expected })
  }
  if (setup['open-ports'].length > 0 && setup.firewall === 'off')
    found.push({ path: ['setup', 'open-ports'], expected: 'none without `firewall: ufw`' })
  return found
}

function databaseFiles({ file, volume }: FileDatabase, volumes: ConfigFile['volumes']): Misfit[] {
  if (volume === undefined) {
    if (file.startsWith('/') || file.startsWith('shared/')) return []
    const expected = 'an absolute path, or one under shared/, which outlives releases'
    return [{ path: ['database', 'file'], expected }]
  }
  if (volumes[volume] !== 'shared') {
    const shared = Object.keys(volumes).filter((name) => volumes[name] === 'shared')
    const expected = `one of the shared volumes (${shared.join(', ') || 'there is none'})`
    return [{ path: ['database', 'volume'], expected }]
  }
  return file.startsWith('/')
    ? [{ path: ['database', 'file'], expected: 'a path inside the volume, such as app.sqlite3' }]
    : []
}

function timing({ gate, migrations }: ConfigFile): Misfit[] {
  const found: Misfit[] = []
  if ((gate.successes - 1) * gate.interval >= gate.deadline) {
    const needed = ((gate.successes - 1) * gate.interval) / 1000
    found.push({
      path: ['gate', 'deadline'],
      expected: `more time than the pauses between ${gate.successes} successes take (${needed} s)`,
    })
  }
  if (migrations && migrations['lock-timeout'] > migrations.timeout) {
    found.push({ path: ['migrations', 'lock-timeout'], expected: 'no more than migrations.timeout' })
  }
  return found
}

const onlySystemd = ['command', 'memory', 'cpu', 'restart', 'singleton'] as const

/** Compose or systemd: each service has what its runtime needs, and nothing that only the other knows. */
function runtime(file: ConfigFile): Misfit[] {
  const { systemd, services } = file
  const each = Object.entries(services)
  return systemd
    ? [...each.flatMap(([name, service]) => underSystemd(name, service)), ...besideSystemd(file)]
    : each.flatMap(([name, service]) => underCompose(name, service))
}

type ServiceFile = ConfigFile['services'][string]

function underCompose(name: string, service: ServiceFile): Misfit[] {
  const path = ['services', name]
  const given: Readonly<Record<string, unknown>> = service
  const found: Misfit[] = onlySystemd.flatMap((key) =>
    given[key] === undefined
      ? []
      : [{ path: [...path, key], expected: 'no such key without `systemd`; the compose file says it' }],
  )
  if (service.role === 'worker') return found
  if (service.port === undefined)
    found.push({ path: [...path, 'port'], expected: 'a whole number from 1 to 65535' })
  if (service.assets && !service.assets.path.startsWith('/')) {
    found.push({ path: [...path, 'assets', 'path'], expected: 'an absolute path inside the image' })
  }
  return found
}

function underSystemd(name: string, service: ServiceFile): Misfit[] {
  const path = ['services', name]
  const found: Misfit[] = []
  if (!service.command) found.push({ path: [...path, 'command'], expected: 'the command that systemd runs' })
  if (service.role === 'worker') return found
  if (service.port !== undefined) {
    const expected = 'no port: with systemd the process listens on the one in its variable PORT'
    found.push({ path: [...path, 'port'], expected })
  }
  if (service.assets?.path.startsWith('/')) {
    found.push({ path: [...path, 'assets', 'path'], expected: 'a path inside the release, such as static' })
  }
  return found
}

function besideSystemd({ systemd, compose, accessories, volumes }: ConfigFile): Misfit[] {
  const found: Misfit[] = []
  if (compose && accessories.length === 0) {
    found.push({ path: ['compose'], expected: 'either compose or systemd (both only for accessories)' })
  }
  if (systemd?.user !== undefined && systemd.scope === 'user') {
    const expected = 'no user, since units of scope user run as the deploy user'
    found.push({ path: ['systemd', 'user'], expected })
  }
  for (const volume of accessories.length === 0 ? Object.keys(volumes) : []) {
    found.push({ path: ['volumes', volume], expected: 'no volumes; folders that stay are systemd.shared' })
  }
  for (const [index, folder] of (systemd?.shared ?? []).entries()) {
    const around = systemd?.shared.find((other) => folder.startsWith(`${other}/`))
    if (around === undefined) continue
    found.push({ path: ['systemd', 'shared', index], expected: `a folder that is not inside ${around}` })
  }
  return found
}
