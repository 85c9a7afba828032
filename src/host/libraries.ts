import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The shell functions of this room, as text. Read once, when the bundle loads them. */
export const prelude = readFileSync(join(__dirname, 'prelude.sh'), 'utf8')
export const leaseLibrary = readFileSync(join(__dirname, 'lease.sh'), 'utf8')
export const resourcesLibrary = readFileSync(join(__dirname, 'resources.sh'), 'utf8')
export const factsLibrary = resourcesLibrary + readFileSync(join(__dirname, 'facts.sh'), 'utf8')
export const stageLibrary = readFileSync(join(__dirname, 'stage.sh'), 'utf8')
export const detachLibrary = readFileSync(join(__dirname, 'detach.sh'), 'utf8')
export const errandLibrary = readFileSync(join(__dirname, 'errand.sh'), 'utf8')
