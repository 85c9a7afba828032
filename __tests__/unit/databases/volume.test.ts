import { databaseAt, databaseLibrary } from '../../../src/databases/database'
import { databaseKinds } from '../../../src/databases/kinds'
import { call } from '../../../src/host/program'
import { ShellHost } from '../stages/shell'

// With nothing but a registry that has every name.
const strange = `case "$*" in
  run*--pull\\ never*) echo "no such image" >&2; exit 125 ;;
  run*) echo "pulled $*" ;;
esac`

test('an image of ours that is gone is not sought elsewhere, the database mounted', () => {
  const host = new ShellHost(strange)
  const place = { app: 'shop', base: host.base, release: 'v1-1', image: 'kawasemi/shop-web:v1-1' }
  try {
    const database = { kind: 'sqlite', file: 'app.sqlite3', volume: 'data' } as const
    const { out, status } = host.run(
      [databaseLibrary],
      [databaseAt(databaseKinds.sqlite, database, place), call('database_client', 'client_ping')],
    )
    expect({ out, status }).toEqual({ out: 'no such image\n', status: 125 })
  } finally {
    host.remove()
  }
})
