/** As many links in a row as the kernel follows; a longer way leads nowhere. */
const mostLinks = 40

/**
 * Whether a symbolic link leads out of the release, followed as a kernel would: through other links on the way, where
 * `a/..` is not always the folder of `a`. One that leads to nothing inside the release does not leave it.
 *
 * @param targets every link of the release, by path.
 */
export function linkLeaves(targets: ReadonlyMap<string, string>, path: string): boolean {
  const ahead = path.split('/').reverse()
  const here: string[] = []
  let followed = 0
  for (let part = ahead.pop(); part !== undefined; part = ahead.pop()) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (here.pop() === undefined) return true
      continue
    }
    here.push(part)
    const target = targets.get(here.join('/'))
    if (target === undefined) continue
    if (target.startsWith('/')) return true
    followed += 1
    if (followed > mostLinks) return false
    here.pop()
    ahead.push(...target.split('/').reverse())
  }
  return false
}
