import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { checkPart } from './check'
import { filesPart } from './files'
import type { Part } from './part'
import { stagesPart } from './stages'
import { switchPart } from './switch'
import { todayPart } from './today'

/** All parts, in the order they run. A new part is one file and one line here. */
const parts: readonly Part[] = [switchPart, checkPart, todayPart, stagesPart, filesPart]

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true })
  const unknown = positionals.find((name) => !parts.some((part) => part.name === name))
  if (unknown !== undefined)
    throw new Error(`no part ${unknown}; there are: ${parts.map(({ name }) => name)}`)
  const chosen = parts.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  const machine = { cores: cpus().length, node: process.version, at: new Date().toISOString() }
  const measured: Record<string, unknown> = {}
  console.log(`${machine.cores} cores, Node ${machine.node}, ${machine.at}`)
  for (const part of chosen) {
    const { data, table } = await part.run()
    measured[part.name] = data
    console.log(`\n${part.name}\n\n${table}`)
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ machine, ...measured }, null, 2)}\n`)
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
