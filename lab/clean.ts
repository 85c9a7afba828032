/**
 * Removes the lab's servers and volumes, those in use too; with `--images` what was built for it as well.
 * Goes by label only.
 */
import { ensureDocker, LABEL } from './docker'
import { must, run } from './run'
import { removeAll } from './sweep'

async function clean(images: boolean): Promise<void> {
  await ensureDocker()
  await removeAll()
  if (!images) return
  const listed = await must('docker', ['image', 'ls', '--filter', `label=${LABEL}`, '--format', '{{.ID}}'])
  for (const id of new Set(listed.split('\n').filter(Boolean)))
    await run('docker', ['image', 'rm', '--force', id])
}

const unknown = process.argv.slice(2).filter((word) => word !== '--images')
const done =
  unknown.length > 0
    ? Promise.reject(new Error(`Unknown: ${unknown.join(' ')}. Only --images is known.`))
    : clean(process.argv.includes('--images'))
done.catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
