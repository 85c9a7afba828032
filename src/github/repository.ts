import { ApiError, type GitHubApi } from './api'

/* What GitHub knows of a repository at an earlier commit. Trouble with its API means only that less is known. */

/** GitHub names no more in one answer, and says nothing of the others. */
const mostFiles = 300

/**
 * The files in which a commit differs from an earlier one that it follows.
 *
 * @param from,to hex digits
 * @returns nothing where GitHub does not know all of them
 */
export async function changedFiles(
  api: GitHubApi,
  repository: string,
  from: string,
  to: string,
): Promise<readonly string[] | undefined> {
  try {
    const answer = await api.request('GET', `/repos/${repository}/compare/${from}...${to}`, undefined, 3)
    const { status, files } = (answer ?? {}) as { status?: unknown; files?: unknown }
    if (status !== 'ahead' && status !== 'identical') return undefined
    if (!Array.isArray(files) || files.length >= mostFiles) return undefined
    return files
      .flatMap(({ filename, previous_filename: before }) => [filename, before])
      .filter((name) => typeof name === 'string')
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}

/**
 * The text of a file as it is in a commit.
 *
 * @param commit hex digits
 * @returns nothing where GitHub does not have it
 */
export async function fileAt(
  api: GitHubApi,
  repository: string,
  path: string,
  commit: string,
): Promise<string | undefined> {
  const names = path.split('/')
  // GitHub's API begins above the repository's root.
  if (names.some((name) => name === '..' || name === '.')) return undefined
  const escaped = names.map(encodeURIComponent).join('/')
  try {
    const answer = await api.request(
      'GET',
      `/repos/${repository}/contents/${escaped}?ref=${commit}`,
      undefined,
      3,
    )
    const { content, encoding } = (answer ?? {}) as { content?: unknown; encoding?: unknown }
    if (typeof content !== 'string' || encoding !== 'base64') return undefined
    return Buffer.from(content, 'base64').toString()
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}
