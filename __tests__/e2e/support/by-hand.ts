import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The page for a person on the server. */
const page = readFileSync(join(__dirname, '../../../docs/by-hand.md'), 'utf8')

/** Frees the lease of a run that has ended. */
export const freeLease = /^sed -i .*lease\.json$/m.exec(page)![0]

/** What is for the other kind of app. */
const skips = {
  Docker: { section: 'Under systemd', block: 'systemctl' },
  systemd: { section: 'With Docker', block: 'docker' },
} as const

/**
 * What somebody types who goes back to a release, from the first look to the last.
 *
 * @param words what stands for something in the page, and what it is
 */
export function commandsByHand(kind: keyof typeof skips, words: Readonly<Record<string, string>>): string {
  const { section, block } = skips[kind]
  const commands = page
    .slice(0, page.indexOf('## Free the lease'))
    .split(/^##+ /m)
    .filter((each) => !each.startsWith(section))
    .flatMap((each) => [...each.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, typed]) => typed!))
    // One waits to see whether a deploy is alive; here none is.
    .filter((typed) => !typed.startsWith(block) && !typed.includes('sleep'))
    .join('')
  return Object.entries(words).reduce((text, [word, is]) => {
    if (!text.includes(word)) throw new Error(`docs/by-hand.md has no ${word} any more:\n${text}`)
    return text.replaceAll(word, is)
  }, commands)
}
