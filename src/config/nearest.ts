/** The number of letters to add, drop, change or swap with their neighbour to make one word of the other. */
function distance(a: string, b: string): number {
  const steps = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  for (let line = 1; line <= a.length; line++) {
    const row = [line]
    steps.push(row)
    for (let column = 1; column <= b.length; column++) {
      const above = steps[line - 1]!
      const change = above[column - 1]! + (a[line - 1] === b[column - 1] ? 0 : 1)
      const swapped = a[line - 1] === b[column - 2] && a[line - 2] === b[column - 1]
      const swap = swapped ? steps[line - 2]![column - 2]! + 1 : change
      row.push(Math.min(change, swap, above[column]! + 1, row[column - 1]! + 1))
    }
  }
  return steps[a.length]![b.length]!
}

/** `stopTimeout` and `stop_timeout` mean `stop-timeout`. */
const bare = (word: string) => word.slice(0, 64).toLowerCase().replace(/[_-]/g, '')

/** The known word that was probably meant, if one is near enough. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, steps: distance(bare(word), bare(candidate)) }))
    .sort((a, b) => a.steps - b.steps)
  const best = ranked[0]
  return best && best.steps <= Math.max(1, Math.floor(best.candidate.length / 3)) ? best.candidate : undefined
}
