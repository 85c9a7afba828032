import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { call } from '../../../src/host/program'
import { library, ShellHost } from './shell'

// Hands out the folder `image` as `docker cp` does: a tar file with links as links. Docker 20.10 knows no `-q` there.
const docker = `case "$1" in
  create) echo container ;;
  cp) [ "$3" = - ] && tar -C "$BASE/image" -cf - . ;;
esac`

// With nothing but a registry that has every name.
const strange = `case "$*" in
  create*--pull\\ never*) echo "no such image" >&2; exit 125 ;;
  create*) echo "pulled $*" ;;
esac`

test('an image of ours that is gone is not sought elsewhere', () => {
  const host = new ShellHost(strange)
  try {
    const { status } = host.run(
      [library('stages/ship.sh')],
      [call('take_assets', 'r1', 'kawasemi/shop-web:r1', '/app/static', '/_static/')],
    )
    expect(status).toBe(125)
  } finally {
    host.remove()
  }
})

test('of assets only files are laid out: a link in an image would lead the web server out of them', () => {
  const host = new ShellHost(docker)
  try {
    mkdirSync(join(host.base, 'image/css'), { recursive: true })
    writeFileSync(join(host.base, 'image/css/app.css'), 'body {}')
    symlinkSync('/etc/passwd', join(host.base, 'image/passwd'))
    symlinkSync('../../../../..', join(host.base, 'image/css/up'))
    const { out, status } = host.run(
      [library('stages/ship.sh')],
      [call('take_assets', 'r1', 'kawasemi/shop-web:r1', '/app/static', '/_static/')],
    )
    expect({ out, status }).toEqual({ out: '', status: 0 })
    const assets = join(host.base, 'releases/r1/assets/_static')
    expect(readFileSync(join(assets, 'css/app.css'), 'utf8')).toBe('body {}')
    expect(lstatSync(join(assets, 'passwd'), { throwIfNoEntry: false })).toBeUndefined()
    expect(lstatSync(join(assets, 'css/up'), { throwIfNoEntry: false })).toBeUndefined()
  } finally {
    host.remove()
  }
})
