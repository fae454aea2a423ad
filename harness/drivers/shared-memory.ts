import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

const pidFileName = 'postmaster.pid'
/** The line of the pid file with the key and the id of the segment. */
const segmentLine = 6

/** The id of the segment of shared memory by which the PostgreSQL on this folder marks its data; undefined where it has none. */
export function segmentOf(dataFolder: string): string | undefined {
  const file = join(dataFolder, pidFileName)
  if (!existsSync(file)) return undefined
  return readFileSync(file, 'utf8').split('\n')[segmentLine]?.trim().split(/\s+/)[1]
}

export const segmentExists = (id: string) =>
  (spawnSync('ipcs', ['-m'], { encoding: 'utf8' }).stdout ?? '').split('\n').some((line) => line.split(/\s+/)[1] === id)

/**
 * Forgets a PostgreSQL that was killed: its pid, which may be somebody else's by now, and the segment of shared memory by which it marked
 * its data. SIGKILL leaves that behind, and a machine has only some thousands of them.
 */
export function forgetKilledPostgres(dataFolder: string) {
  const id = segmentOf(dataFolder)
  if (id) spawnSync('ipcrm', ['-m', id], { stdio: 'ignore' })
  rmSync(join(dataFolder, pidFileName), { force: true })
}

/** The same for every data folder below this one. */
export function forgetAllKilledPostgres(folder: string) {
  for (const name of globSync(`**/${pidFileName}`, { cwd: folder })) forgetKilledPostgres(dirname(join(folder, name)))
}
