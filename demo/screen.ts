import { cut, pad, paint, width } from './paint'
import type { PartName } from './stages'

/** A step of the demo, and the parts it has. */
export interface Step {
  readonly title: string
  state: 'waiting' | 'running' | 'good' | 'bad'
  began: number
  /** Milliseconds, when it has ended. */
  ms: number
  readonly parts: Part[]
  /** What there is to say about its end. */
  note: string
}

export interface Part {
  readonly name: PartName
  state: 'waiting' | 'running' | 'done' | 'skipped' | 'failed'
  began: number
  ms: number
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** Shows how far the steps are: redrawn in place on a terminal, else one line for each thing that happened. */
export class Screen {
  private readonly steps: Step[] = []
  private readonly began = performance.now()
  private drawn = 0
  private timer: NodeJS.Timeout | undefined
  private readonly live = process.stdout.isTTY === true

  /** @param status one line about the users, asked for at each drawing */
  constructor(
    private readonly title: string,
    private readonly status: () => string,
  ) {}

  add(title: string, parts: readonly PartName[] = []): Step {
    const step: Step = {
      title,
      state: 'waiting',
      began: 0,
      ms: 0,
      note: '',
      parts: parts.map((name) => ({ name, state: 'waiting', began: 0, ms: 0 })),
    }
    this.steps.push(step)
    return step
  }

  start(): void {
    process.stdout.write(`\n${paint(this.title, 'bold')}\n\n`)
    if (!this.live) return
    process.stdout.write('\x1b[?25l')
    this.timer = setInterval(() => this.draw(), 100)
  }

  stop(): void {
    clearInterval(this.timer)
    if (!this.live) return
    this.draw()
    process.stdout.write('\x1b[?25h')
  }

  begin(step: Step): void {
    step.state = 'running'
    step.began = performance.now()
    this.say(`${step.title} …`)
  }

  end(step: Step, good: boolean, note = ''): void {
    step.state = good ? 'good' : 'bad'
    step.ms = performance.now() - step.began
    step.note = note
    this.say(`${good ? '✓' : '✗'} ${step.title}: ${seconds(step.ms)} s${note && ` · ${note}`}`)
  }

  beginPart(step: Step, name: PartName): void {
    const part = step.parts.find((each) => each.name === name)
    if (!part || part.state === 'running') return
    part.state = 'running'
    part.began = performance.now()
  }

  endPart(step: Step, name: PartName, state: 'done' | 'skipped' | 'failed'): void {
    const part = step.parts.find((each) => each.name === name)
    if (part?.state !== 'running') return
    part.state = state
    part.ms = performance.now() - part.began
    if (state !== 'skipped')
      this.say(`  ${state === 'done' ? '✓' : '✗'} ${pad(name, 8)} ${seconds(part.ms)} s   ${this.status()}`)
  }

  /** A line of its own, where nothing is drawn in place. */
  say(line: string): void {
    if (!this.live) console.log(`${seconds(performance.now() - this.began).padStart(6)}  ${line}`.trimEnd())
  }

  private draw(): void {
    const columns = (process.stdout.columns ?? 100) - 1
    const all = [...this.steps.flatMap((step) => drawStep(step, columns)), '', `  ${this.status()}`, '']
    // What has left the screen cannot be drawn again.
    const lines = all.slice(-Math.max(5, (process.stdout.rows ?? 40) - 1))
    const up = this.drawn > 0 ? `\x1b[${this.drawn}A` : ''
    process.stdout.write(`${up}\r${lines.map((line) => `${line}\x1b[K\n`).join('')}\x1b[J`)
    this.drawn = lines.length
  }
}

function drawStep(step: Step, columns: number): string[] {
  const { state, title } = step
  if (state === 'waiting') return [`  ${paint(`· ${title}`, 'dim')}`]
  const mark = {
    running: paint(frame(), 'cyan'),
    good: paint('✓', 'green'),
    bad: paint('✗', 'red'),
  }[state]
  const time = `${seconds(state === 'running' ? performance.now() - step.began : step.ms)} s`
  const head = `  ${mark} ${paint(title, 'bold')}`
  const lines = [head + time.padStart(Math.max(2, Math.min(columns, 100) - width(head)))]
  if (state === 'running') lines.push(...flow(step.parts.map(drawPart), columns - 4).map((l) => `    ${l}`))
  if (step.note)
    lines.push(`    ${paint(cut(step.note, Math.min(columns, 100) - 4), state === 'bad' ? 'red' : 'dim')}`)
  return lines
}

function drawPart({ name, state, began, ms }: Part): string {
  if (state === 'waiting') return paint(`· ${name}`, 'dim')
  if (state === 'skipped') return paint(`– ${name}`, 'dim')
  if (state === 'running')
    return `${paint(`${frame()} ${name}`, 'cyan')} ${seconds(performance.now() - began)}`
  const mark = state === 'done' ? paint('✓', 'green') : paint('✗', 'red')
  return `${mark} ${name} ${paint(seconds(ms), 'dim')}`
}

/** Words side by side, on as few lines as they need. */
function flow(words: readonly string[], columns: number): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || width(last) + 2 + width(word) > columns) lines.push(word)
    else lines[lines.length - 1] = `${last}  ${word}`
  }
  return lines
}

function frame(): string {
  return spinner[Math.floor(performance.now() / 100) % spinner.length]!
}

export function seconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}
