import type { ConfigFile } from './schema'

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
    ...references(file),
    ...timing(file),
  ]
}

function repeated({ hosts, accessories, compose, proxy }: ConfigFile): Misfit[] {
  const lists: { path: (string | number)[]; items: string[] }[] = [
    { path: ['hosts'], items: hosts.map(({ address, port }) => `${address}:${port}`) },
    { path: ['accessories'], items: accessories },
    { path: ['compose', 'ignore'], items: compose.ignore },
    { path: ['proxy', 'domains'], items: proxy?.domains ?? [] },
    { path: ['proxy', 'routes'], items: proxy?.routes.map((route) => route.path) ?? [] },
  ]
  return lists.flatMap(({ path, items }) =>
    items.flatMap((item, index) =>
      items.indexOf(item) === index
        ? []
        : [{ path: [...path, index], expected: 'each one once', found: `${item} again` }],
    ),
  )
}

function overlapping({ services, accessories, compose }: ConfigFile): Misfit[] {
  const inAccessories = accessories.flatMap((name, index) =>
    Object.hasOwn(services, name)
      ? [{ path: ['accessories', index], expected: 'a name that is not under services', found: name }]
      : [],
  )
  const inIgnore = compose.ignore.flatMap((name, index) =>
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

function routes({ services, proxy }: ConfigFile): Misfit[] {
  if (!proxy) return []
  const web = Object.keys(services).filter((name) => services[name]!.role !== 'worker')
  const expected = `the name of a web service (${web.join(', ') || 'there is none'})`
  const found: Misfit[] = proxy.routes.flatMap(({ service }, index) =>
    web.includes(service) ? [] : [{ path: ['proxy', 'routes', index, 'service'], expected }],
  )
  if (!proxy.routes.some(({ path }) => path === '/')) {
    found.push({ path: ['proxy', 'routes'], expected: 'a route for the path /', found: 'none' })
  }
  return found
}

function references({ services, accessories, database, migrations }: ConfigFile): Misfit[] {
  const found: Misfit[] = []
  if (migrations && !Object.hasOwn(services, migrations.service)) {
    const expected = `the name of a service (${Object.keys(services).join(', ') || 'there is none'})`
    found.push({ path: ['migrations', 'service'], expected })
  }
  if (database && !accessories.includes(database.accessory)) {
    const expected = `one of the accessories (${accessories.join(', ') || 'there is none'})`
    found.push({ path: ['database', 'accessory'], expected })
  }
  return found
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
