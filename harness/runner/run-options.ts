import { join, resolve } from 'node:path'
import { apps } from '../apps/index.ts'
import type { DriverName } from '../cluster/drivers.ts'
import { BadTarget, readTarget } from '../cluster/remote/target.ts'
import { EnvironmentMissing, UsageError } from '../platform/errors.ts'
import type { Io } from '../platform/io.ts'
import { isProgram, onPath } from '../platform/programs.ts'
import { outFolder } from './run-folder.ts'

/** What the driver needs to know of the target. Throws a sentence when the file is missing, or is not one. */
export function targetOptions({ driver, target }: { driver: DriverName; target?: string }, io: Io) {
  if (driver === 'remote' && target === undefined)
    throw new UsageError('--driver remote needs --target FILE, which says where the running system is')
  if (driver !== 'remote' && target !== undefined)
    throw new UsageError(`--target is for --driver remote, and the driver is ${driver}`)
  if (target === undefined) return { driver }
  if (target === 'compose' && !onPath(['docker'], io.env).some(isProgram))
    throw new EnvironmentMissing(
      '--target compose needs Docker, but there is no docker on the PATH; install it, or start with --driver process',
    )
  const file = target === 'compose' ? join(io.root, 'deploy/compose.json') : resolve(io.cwd, target)
  try {
    readTarget(file, Object.values(apps))
  } catch (error) {
    throw error instanceof BadTarget ? new UsageError(error.message) : error
  }
  // There is one system: its scenarios come one after the other.
  return { driver, target: file, jobs: 1 }
}

interface CommonFlags {
  jobs: number
  headed?: boolean
  out?: string
  /** In ms. */
  budget?: number
}

/** What every verb that runs scenarios says of the run in the same way. */
export function baseOptions({ jobs, headed = false, out, budget }: CommonFlags, io: Io) {
  if (headed) requireDisplay(io)
  return {
    jobs,
    headed,
    out: outFolder(io, out),
    interruptedBy: io.interruption.by,
    ...(budget !== undefined && { budgetMs: budget }),
  }
}

/** Elsewhere than on Linux there always is one. */
export function requireDisplay({ env }: Pick<Io, 'env'>) {
  if (process.platform !== 'linux' || env.DISPLAY || env.WAYLAND_DISPLAY) return
  throw new EnvironmentMissing(
    '--headed needs a display, but neither DISPLAY nor WAYLAND_DISPLAY is set; leave --headed out, or use xvfb-run',
  )
}
