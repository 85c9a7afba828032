import { quote } from './quote'

/** One call of a shell function, its arguments not yet quoted. */
export interface Call {
  readonly name: string
  readonly args: readonly string[]
}

export function call(name: string, ...args: readonly string[]): Call {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new RangeError(`not a shell function's name: ${name}`)
  return { name, args }
}

function renderCall({ name, args }: Call): string {
  return [name, ...args.map(quote)].join(' ')
}

/**
 * A whole POSIX sh program: fixed libraries of functions, then the plan as calls with quoted arguments.
 * All of it is inside functions and the last line starts it, so that half a program never runs. The libraries' comments,
 * a quarter of their text, are not sent.
 */
export function renderProgram(libraries: readonly string[], calls: readonly Call[]): string {
  return renderScript(
    libraries.map((library) => library.replace(/^ *# (?!shellcheck ).*(\n|$)/gm, '')),
    calls,
  )
}

/** The same for people: with its comments. */
export function renderScript(libraries: readonly string[], calls: readonly Call[]): string {
  const body = calls.map((each) => `  ${renderCall(each)}`).join('\n')
  return `${libraries.join('\n')}\nmain() {\n${body}\n}\nmain\n`
}
