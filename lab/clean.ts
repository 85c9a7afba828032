/** Removes the lab's servers and volumes; with `--images` what was built for it as well. Goes by label only. */
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

clean(process.argv.includes('--images')).catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
