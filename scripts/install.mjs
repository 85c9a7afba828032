// Plain JavaScript for the Node that happens to be there (20 or later): it brings everything else, Node 24 included.
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const time = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0

// npm writes the second file when it is done, so a broken installation is made again.
if (time('package-lock.json') > time('node_modules/.package-lock.json')) {
  console.log('Installing the packages of package-lock.json …')
  const begin = Date.now()
  const { status, error } = spawnSync('npm', ['ci', '--loglevel=error'], { cwd: root, stdio: 'inherit' })
  if (error) console.error(`npm could not be started: ${error.message}`)
  if (status !== 0) process.exit(1)
  console.log(`Installed in ${((Date.now() - begin) / 1000).toFixed(0)} s`)
}
