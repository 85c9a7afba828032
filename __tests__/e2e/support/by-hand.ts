import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The page for a person on the server. */
const page = readFileSync(join(__dirname, '../../../docs/by-hand.md'), 'utf8')

/** What somebody types who goes back to a release with Docker, block by block. `words`: what stands for something in the page, and what it is. */
export function commandsByHand(words: Readonly<Record<string, string>>): string {
  const until = page.indexOf('## Free the lease')
  const commands = page
    .slice(0, until)
    .split(/^##+ /m)
    .filter((section) => !section.startsWith('Under systemd'))
    .flatMap((section) => [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!))
    // Whether a deploy is alive, and how it is under systemd.
    .filter((block) => !block.includes('sleep') && !block.startsWith('systemctl'))
    .join('')
  return Object.entries(words).reduce((text, [word, is]) => {
    if (!text.includes(word)) throw new Error(`docs/by-hand.md has no ${word} any more:\n${text}`)
    return text.replaceAll(word, is)
  }, commands)
}
