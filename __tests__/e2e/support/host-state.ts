import type { LabServer } from '../../../lab/server'

/*
 * All of a server that a deploy could change, one line for each thing: files with mode, owner, size, time and hash,
 * links with where they lead, and what Docker has.
 */
const program = `
find /srv /home/deploy /tmp -printf '%p %y %m %u:%g %s %T@ %l\\n' | sort
find /srv /home/deploy /tmp -type f -exec sha256sum {} + | sort -k 2
docker ps -aq --no-trunc | sort | xargs -r docker inspect --format \\
  'container {{.Name}} {{.Id}} {{.State.Status}} {{.State.StartedAt}} {{.RestartCount}} {{.Image}}'
docker images -a --no-trunc --format 'image {{.Repository}}:{{.Tag}} {{.ID}}' | sort
docker network ls --no-trunc --format 'network {{.Name}} {{.ID}}' | sort
docker volume ls --format 'volume {{.Name}} {{.Driver}}' | sort
`

/** Lines to compare with those of another time. */
export async function stateOf(server: LabServer): Promise<string[]> {
  const { stdout, stderr, code } = await server.exec(program)
  if (code !== 0) throw new Error(`the state of the server cannot be read: ${stderr}`)
  return stdout.trimEnd().split('\n')
}
