import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { EnvironmentMissing } from '../platform/errors.ts'
import { isProgram, onPath } from '../platform/programs.ts'

/** k6 as this machine has it: as a program, or as a container image that `docker` runs. */
export type K6 = { kind: 'program'; path: string } | { kind: 'image'; docker: string; image: string }

type Env = Record<string, string | undefined>

const imageDefault = 'grafana/k6:latest'
const engineWithinMs = 10_000

/** Returns k6 from SQUALL_K6, from the PATH, or as a container image. Throws EnvironmentMissing where there is none of them. */
export async function findK6(env: Env): Promise<K6> {
  const named = env.SQUALL_K6
  if (named) {
    if (isProgram(named)) return { kind: 'program', path: named }
    throw new EnvironmentMissing(`SQUALL_K6 names ${named}, but that is no program; name the k6 program, or unset it`)
  }
  const path = onPath(['k6'], env).find(isProgram)
  if (path) return { kind: 'program', path }
  const docker = onPath(['docker'], env).find(isProgram)
  if (docker && (await hasEngine(docker, env)))
    return { kind: 'image', docker, image: env.SQUALL_IMAGE_K6 || imageDefault }
  throw new EnvironmentMissing(
    'needs k6, but there is none on the PATH and no Docker engine to run its image; install it, such as with "go install go.k6.io/k6@latest", or set SQUALL_K6 to its path',
  )
}

const hasEngine = (docker: string, env: Env): Promise<boolean> =>
  promisify(execFile)(docker, ['info'], { env: env as NodeJS.ProcessEnv, timeout: engineWithinMs }).then(
    () => true,
    () => false,
  )

interface Invocation {
  scripts: string
  script: string
  /** For the summary; exists, and is writable for the container's user too. */
  folder: string
  /** Only names stand in the arguments: values may be secrets, and everybody on a machine may read arguments. */
  envNames: readonly string[]
  containerName: string
}

export const summaryName = 'summary.json'

/** Returns the command that runs a script and writes its summary into the folder. Pure. */
export function commandOf(k6: K6, { scripts, script, folder, envNames, containerName }: Invocation) {
  const run = (scriptsAt: string, folderAt: string) => [
    ...['run', '--quiet', '--no-usage-report', '--no-color', '--address', 'localhost:0'],
    ...['--summary-export', `${folderAt}/${summaryName}`, `${scriptsAt}/${script}`],
  ]
  if (k6.kind === 'program') return { program: k6.path, args: run(scripts, folder) }
  const args = [
    ...['run', '--rm', '--init', '--network', 'host', '--name', containerName],
    ...['--volume', `${scripts}:/scripts:ro`, '--volume', `${folder}:/out`],
    ...envNames.flatMap((name) => ['--env', name]),
    k6.image,
    ...run('/scripts', '/out'),
  ]
  return { program: k6.docker, args }
}
