import type { LabServer } from '../lab/server'

/** Runs a program on the server as root, up to its first command that fails. @throws with the end of what it said. */
export async function say(server: LabServer, program: string): Promise<void> {
  const { stdout, stderr, code } = await server.exec(`set -e; ${program}`)
  if (code !== 0)
    throw new Error(`${program} ended with ${code}: ${stdout.slice(-2000)}${stderr.slice(-2000)}`)
}
