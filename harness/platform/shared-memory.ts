import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** Asynchronous, because this process also runs the scenarios of other clusters, which must not stand still. */
const run = promisify(execFile)

const pidFileName = 'postmaster.pid'
/** The line of the pid file with the key and the id of the segment. */
const segmentLine = 6

/** The id of the segment of shared memory by which the PostgreSQL on this folder marks its data; undefined where it has none. */
export function segmentOf(dataFolder: string): string | undefined {
  const file = join(dataFolder, pidFileName)
  if (!existsSync(file)) return undefined
  return readFileSync(file, 'utf8').split('\n')[segmentLine]?.trim().split(/\s+/)[1]
}

export async function segmentExists(id: string): Promise<boolean> {
  const { stdout } = await run('ipcs', ['-m']).catch(() => ({ stdout: '' }))
  return stdout.split('\n').some((line) => line.split(/\s+/)[1] === id)
}

/**
 * Forgets a PostgreSQL that was killed: its pid, which may be somebody else's by now, and the segment of shared memory by which it marked
 * its data. SIGKILL leaves that behind, and a machine has only some thousands of them.
 */
export async function forgetKilledPostgres(dataFolder: string) {
  const id = segmentOf(dataFolder)
  // It may be gone already.
  if (id) await run('ipcrm', ['-m', id]).catch(() => {})
  rmSync(join(dataFolder, pidFileName), { force: true })
}

/** The same for every data folder below this one. */
export async function forgetAllKilledPostgres(folder: string) {
  for (const name of globSync(`**/${pidFileName}`, { cwd: folder }))
    await forgetKilledPostgres(dirname(join(folder, name)))
}
