import type { Load } from '../bench/load'
import type { Screen, Step } from './screen'
import { readStageLine } from './stages'
import type { Chapter } from './story'

/** Follows one run by its log: moves the screen along, and tells the load which versions may answer by now. */
export class Following {
  /** Requests that had failed, of the whole load, when the switch began; undefined when there was none. */
  failedAtSwitch: number | undefined

  /** @param before what answered until now */
  constructor(
    private readonly screen: Screen,
    private readonly step: Step,
    private readonly chapter: Chapter,
    private readonly load: Load | undefined,
    private readonly before: string,
  ) {
    if (chapter.action === 'deploy') screen.beginPart(step, 'build')
  }

  take(line: string): void {
    const event = readStageLine(line)
    if (!event) return
    this.screen.endPart(this.step, 'build', 'done')
    if (event.kind === 'begin') this.screen.beginPart(this.step, event.stage)
    else this.screen.endPart(this.step, event.stage, event.kind)
    if (event.stage === 'switch' && this.load) this.switches(event.kind === 'begin', this.load)
  }

  private switches(begins: boolean, load: Load): void {
    const { answers, expect } = this.chapter
    this.failedAtSwitch ??= load.snapshot().failed
    if (begins) load.setLive([this.before, answers])
    // A version that is to be taken back may be so at any time from here.
    else if (!expect.failures) load.setLive([answers])
  }
}
