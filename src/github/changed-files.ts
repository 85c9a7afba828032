import { ApiError, type GitHubApi } from './api'

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
