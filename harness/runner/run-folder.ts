import { accessSync, constants, existsSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { EnvironmentMissing, UsageError } from '../platform/errors.ts'

interface Places {
  root: string
  cwd: string
}

/** The folder for the folders of runs. */
export const outFolder = ({ root, cwd }: Places, out?: string): string =>
  out === undefined ? join(root, 'reports') : resolve(cwd, out)

/** A run by its path, or by its name below reports/, or `latest`. Throws a sentence when there is none. */
export function findRun(name: string, { root, cwd }: Places): string {
  const places = [resolve(cwd, name), join(root, name), join(root, 'reports', name)]
  const found = places.find(
    (place) => existsSync(join(place, 'verdict.json')) || existsSync(join(place, 'schedule.json')),
  )
  if (found) return realpathSync(found)
  throw new UsageError(
    `there is no run ${name}; "squall trend" lists the runs that are kept, and "latest" is the newest`,
  )
}

/** Checked before anything is started: a run that cannot leave its report is not worth its time. */
export function requireWritable(folder: string) {
  try {
    makeFolder(folder)
    accessSync(folder, constants.W_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new EnvironmentMissing(
      `cannot write reports to ${folder} (${code}); make it writable or choose another folder with --out`,
    )
  }
}

/** Step by step, because Node's own recursive mkdir never comes back from a file system that takes no folders. */
function makeFolder(folder: string) {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder)
}

/** The pages that the nodes serve come from a build. */
export function requireBuiltAssets(root: string) {
  if (existsSync(join(root, 'dist', 'client', 'app.js'))) return
  throw new EnvironmentMissing('the pages are not built: dist/client/app.js is missing; run "npm run build"')
}
