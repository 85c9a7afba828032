import { githubApi } from '../github/api'
import type { CommandContext } from '../github/command'
import type { InputsOf } from '../github/inputs'
import { publishNotes, renderNotes } from '../github/release-notes'

/** What was deployed stays deployed: trouble with the notes is a warning. */
export async function run(context: CommandContext<InputsOf<'release-notes'>>): Promise<void> {
  const { inputs, run, outputs, report, reporter } = context
  const { deployedTo: environment, url, digests = {}, githubToken, version = run.defaultVersion } = inputs
  report.to = version
  outputs.set('release-url', '')
  const tag = /^refs\/tags\/([\w./+-]{1,200})$/.exec(run.ref)?.[1]
  if (tag === undefined) return reporter.info('This run is not about a tag; there are no notes to write')
  if (githubToken === undefined)
    return reporter.warning('There is no `github-token`, so no release notes were written.')
  const notes = renderNotes({ environment, version, url, digests, commit: run.sha, runUrl: run.url })
  try {
    const api = githubApi({ url: run.apiUrl, token: githubToken })
    outputs.set('release-url', await publishNotes(api, run.repository, tag, notes))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    reporter.warning(
      `The release notes of ${tag} were not written: ${reason}. The job needs \`permissions: contents: write\`; run it again to try once more.`,
    )
  }
}
