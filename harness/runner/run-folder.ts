import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { SquallConfig } from '../config.ts'
import { isAlive } from '../leases/processes.ts'
import { EnvironmentMissing, UsageError } from '../platform/errors.ts'
import { isRunFolder } from '../reporters/record.ts'

interface Places {
  root: string
  cwd: string
  /** What stands in `squall.config.ts`, and the folder of that file. */
  config?: Pick<SquallConfig, 'defaults'> & { folder: string }
}

/** The folder for the folders of runs: the one that is asked for, the one in which `run` puts them by default, or that of Squall. */
export function outFolder({ root, cwd, config }: Places, out?: string): string {
  const usual = config?.defaults?.run?.out
  if (out !== undefined) return resolve(cwd, out)
  return usual === undefined ? join(root, 'reports') : resolve(config!.folder, String(usual))
}

/** A path as somebody types it from where they are. */
export const shownPath = (path: string, { cwd }: Pick<Places, 'cwd'>): string => {
  const fromHere = relative(cwd, path)
  return fromHere.startsWith('..') ? path : fromHere || '.'
}

/** The folder for the runs of `explore`, of which there are many, with one plan or a few in each. */
export const exploreFolder = (places: Places, out?: string): string => join(outFolder(places, out), 'explore')

/** A run by its path, or by its name in the folder for runs, or `latest`. Throws a sentence when there is none. */
export function findRun(name: string, places: Places): string {
  const { root, cwd } = places
  const candidates = [resolve(cwd, name), join(root, name), join(outFolder(places), name), join(root, 'reports', name)]
  const found = candidates.find(isRunFolder)
  if (found) return realpathSync(found)
  throw new UsageError(
    `there is no run ${name}; "squall trend" lists the runs that are kept, and "latest" is the newest`,
  )
}

/** `20261129T143421Z-smoke-0x5eed`: sorted by name is sorted by age. */
const runName = /^\d{8}T\d{6}Z-/

/** Removes the folders of all but the newest runs; one that still runs stays. Returns what it removed. */
export function removeOldRuns(folder: string, keep: number): string[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => runName.test(name)) : []
  const runs = names.map((name) => join(folder, name)).filter(isRunFolder)
  const old = runs.sort().slice(0, Math.max(0, runs.length - keep))
  const removed = old.filter((run) => !isRunning(run))
  for (const run of removed) rmSync(run, { recursive: true, force: true })
  const latest = join(folder, 'latest')
  if (removed.length > 0 && !existsSync(latest)) rmSync(latest, { force: true })
  return removed
}

function isRunning(folder: string): boolean {
  if (existsSync(join(folder, 'verdict.json'))) return false
  try {
    const { owner } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))
    return isAlive(owner.pid, owner.stamp)
  } catch {
    return false
  }
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

/** The page of the console comes from the same build. */
export function requireBuiltConsole(root: string) {
  if (existsSync(join(root, 'dist', 'console', 'index.html'))) return
  throw new EnvironmentMissing('the console is not built: dist/console/index.html is missing; run "npm run build"')
}
