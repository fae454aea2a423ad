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
    'needs k6, but there is none on the PATH and no Docker engine to run its image; install it from k6.io, or set SQUALL_K6 to its path',
  )
}

const hasEngine = (docker: string, env: Env): Promise<boolean> =>
  promisify(execFile)(docker, ['info'], { env: env as NodeJS.ProcessEnv, timeout: engineWithinMs }).then(
    () => true,
    () => false,
  )
