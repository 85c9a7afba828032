import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '../../../src/host/program'
import { composeProjects } from '../../../src/runtimes/compose-model'
import { library, ShellHost } from '../stages/shell'
import { configOf } from './product'

type Fields = Record<string, unknown>

const config = configOf({
  services: { jobs: { role: 'worker' } },
  accessories: ['db', 'cache', 'search'],
  volumes: { media: 'shared', data: 'shared' },
})

const mount = (source: string) => ({ type: 'volume', source, target: `/${source}` })

function adoption(change: (services: Record<string, Fields>) => void = () => undefined) {
  const services: Record<string, Fields> = {
    jobs: { image: 'jobs:1', volumes: [mount('media')], networks: { inner: null } },
    db: {
      image: 'postgres:15',
      volumes: [mount('data')],
      networks: { inner: { aliases: ['pg', 'database'] }, outer: null },
    },
    cache: { image: 'redis:7' },
    search: { image: 'search:1', volumes: [mount('media'), mount('index')], network_mode: 'host' },
  }
  change(services)
  const model = {
    name: 'checkout',
    services,
    networks: { inner: { name: 'checkout_inner' }, outer: { name: 'company', external: true } },
    volumes: {
      media: { name: 'checkout_media' },
      data: { name: 'old_data' },
      index: { name: 'checkout_index' },
    },
  }
  return composeProjects({ config, release: { id: 'v1-1', version: 'v1' }, projectDir: '/p', model }).adoption
}

describe('what the host has to know of accessories that may run already', () => {
  test('their own volumes, by the names on the host, and their networks', () => {
    expect(adoption()).toEqual([
      ['own', 'db', 'old_data'],
      ['network', 'db', 'shop-accessories_inner', 'db', 'pg', 'database'],
      ['network', 'db', 'company', 'db'],
      ['own', 'search', 'shop_index'],
    ])
  })

  test('a volume that another part mounts too is nobody’s own', () => {
    const lines = adoption((services) => {
      services.jobs!.volumes = [mount('data'), mount('media')]
      services.cache!.volumes = [mount('index')]
    })
    expect(lines).toEqual([])
  })
})

describe('on the host', () => {
  const parts = `app	shop
accessory	db
accessory	cache
own	db	old_data
network	db	shop-accessories_inner	db	pg
`
  /** `docker` whose running containers on old_data are lines `ID PROJECT`. */
  function adopt(containers: string) {
    const host = new ShellHost(`printf '%s\\n' "$*" >>"$BASE/asked"
case "$1" in
  ps) case "$*" in *volume=old_data*) printf '%s' '${containers}' ;; esac ;;
  inspect) case "$*" in *Networks*) echo bridge ;; *) echo /legacy-db-1 ;; esac ;;
esac`)
    try {
      mkdirSync(join(host.base, 'releases/v1-1'))
      mkdirSync(join(host.base, 'shared'))
      writeFileSync(join(host.base, 'releases/v1-1/compose.parts'), parts)
      symlinkSync('../../releases/v1-1', join(host.base, 'slots/blue/release'))
      const show = 'show() { printf "scales:%s\\n" "$kw_scales"; }'
      const { out, status } = host.run(
        [library('runtimes/compose.sh'), library('runtimes/compose-adopt.sh'), show],
        [call('compose_adopt', 'blue'), call('show'), call('compose_join', 'blue')],
      )
      return { out, status, asked: readFileSync(join(host.base, 'asked'), 'utf8') }
    } finally {
      host.remove()
    }
  }

  test('a container of another project on the volume is the accessory, under its names', () => {
    const { out, status, asked } = adopt('c0ffee legacy\n')
    expect({ status, out }).toEqual({ status: 0, out: expect.stringContaining('scales: --scale db=0\n') })
    expect(out).toContain('the accessory db is the container legacy-db-1')
    expect(asked).toContain('network connect --alias db --alias pg shop-accessories_inner c0ffee\n')
  })

  test.each([
    ['nobody', ''],
    ['our own', 'c0ffee shop-accessories\n'],
  ])('%s on the volume: it is started as ever', (_, containers) => {
    const { out, status, asked } = adopt(containers)
    expect({ status, out }).toEqual({ status: 0, out: expect.stringContaining('scales:\n') })
    expect(asked).not.toContain('network connect')
  })

  test('several on the volume are for a person to judge', () => {
    const { out, status } = adopt('c0ffee legacy\nbeef \n')
    expect(status).toBe(70)
    expect(out).toContain('several containers run on the volume of the accessory db')
  })
})
