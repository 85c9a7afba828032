import type { ActionResult } from '../../../lab/runner'
import type { LabServer } from '../../../lab/server'
import { askForAssets, type Page, type Phase, type Visitors } from './visitors'

/* What a run, and whoever visited meanwhile, must have met. */

export function expectGreen({ code, errors }: ActionResult): void {
  expect({ code, errors }).toEqual({ code: 0, errors: [] })
}

/** Red, with one annotation that names the cause, and a summary that says the same. */
export function expectRed({ code, errors, summary }: ActionResult, cause: RegExp): void {
  expect(code).toBe(1)
  expect(errors).toEqual([expect.stringMatching(cause)])
  expect(summary).toMatch(/❌/)
  expect(summary).toMatch(cause)
}

export function expectNoneFailed({ failed, failures }: Phase<unknown>): void {
  expect(failed > 0 ? `${failed} failed, among them ${failures}` : 'none failed').toBe('none failed')
}

/** Files that only the old page asks for are answered still. */
export async function expectOldAssets(server: LabServer, visitors: Visitors, old: Page): Promise<void> {
  const now = await visitors.openPage()
  expect(old.assets.filter((path) => !now.assets.includes(path))).not.toEqual([])
  expect(await askForAssets(server, old)).toEqual(old.assets.map(() => 200))
}

/** One line for whoever reads the log of the tests. */
export function tell(what: string, { requests, failed, cuts, result }: Phase<ActionResult>): void {
  const stages = stagesOf(result).map(({ name, time }) => `${name} ${time}`)
  console.log(
    `${what}: ${(result.ms / 1000).toFixed(1)} s, ${requests} requests, ${failed} failed, ${cuts} streams cut${stages.map((stage) => `, ${stage}`).join('')}`,
  )
}

/** The stages that a run went through, those left out left out. */
export function stagesOf({ log }: ActionResult): { name: string; time: string }[] {
  return [...log.matchAll(/^[✓✗] (\w+) +(.+)$/gm)].map(([, name, time]) => ({ name: name!, time: time! }))
}
