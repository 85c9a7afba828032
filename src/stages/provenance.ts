import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Layout } from '../images/layout'
import { imageName, pushedName } from '../images/names'
import { type BuildRun, checksumsOf, provenanceOf, type Subject } from '../release/provenance'

const files = { provenance: 'provenance.json', subjects: 'subjects.txt' } as const

/**
 * Says beside the images where they come from, so that it travels with them.
 *
 * @param at where they were pushed to, if anywhere: `ghcr.io/OWNER/APP`
 * @param inputs what the build was told; no secrets
 * @returns the names of the two files in the layout's folder: the statement, and what it is about
 */
export async function writeProvenance(
  layout: Layout,
  app: string,
  at: string | undefined,
  run: BuildRun,
  inputs: Readonly<Record<string, string>>,
): Promise<typeof files> {
  const subjects: Subject[] = Object.entries(layout.images).map(([service, { manifestDigest }]) => ({
    name: at === undefined ? imageName(app, service) : pushedName(at, service),
    digest: manifestDigest,
  }))
  const statement = JSON.stringify(provenanceOf(subjects, run, inputs), null, 2)
  await writeFile(join(layout.dir, files.provenance), `${statement}\n`)
  await writeFile(join(layout.dir, files.subjects), checksumsOf(subjects))
  return files
}
