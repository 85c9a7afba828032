type Environment = Record<string, string>

/** What Docker's command line itself needs to be found and set up. A name of ours must not take its place. */
const dockersOwn = /^(PATH|HOME|XDG_RUNTIME_DIR|DOCKER_.*|BUILDX_.*|BUILDKIT_.*)$/

/**
 * For `docker compose config`: `env`, and of the runner's own environment only what Docker needs. The rest is unknown
 * on the host, so a compose file must not find it here.
 */
export function composeEnvironment(env: Readonly<Environment>): Environment {
  return { ...env, ...runnersOwn((name) => dockersOwn.test(name)) }
}

/**
 * For builds: the runner's own environment, since proxies and build caches are set up there. The action's inputs,
 * which the runner puts there too, are left out.
 */
export function buildEnvironment(more: Readonly<Environment> = {}): Environment {
  return { ...runnersOwn((name) => !name.startsWith('INPUT_')), ...more }
}

/** The first of the names that Docker would take for its own. */
export function dockersOwnAmong(names: readonly string[]): string | undefined {
  return names.find((name) => dockersOwn.test(name))
}

function runnersOwn(wanted: (name: string) => boolean): Environment {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && wanted(name) ? [[name, value]] : [],
    ),
  )
}
