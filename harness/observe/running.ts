import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A node that `squall up` has started, and what opens its control port. */
export interface RunningNode {
  name: string
  control: string
}

/** What a running `squall up` leaves for the inspector. */
export interface RunningCluster {
  pid: number
  controlSecret: string
  nodes: RunningNode[]
}

const fileName = 'up.json'
const ownerOnly = 0o600

/** Written into the folder of the cluster, and removed with it. Only its owner may read it, because it holds the secret. */
export function noteRunning(folder: string, cluster: RunningCluster) {
  writeFileSync(join(folder, fileName), JSON.stringify(cluster), { mode: ownerOnly })
}

/** The clusters that run below this folder for temporary files, the newest first. */
export function findRunning(temporary: string, isAlive: (pid: number) => boolean): RunningCluster[] {
  return readdirSync(temporary)
    .filter((name) => name.startsWith('squall-'))
    .flatMap((name) => readNote(join(temporary, name, fileName)))
    .sort((one, other) => other.writtenMs - one.writtenMs)
    .map(({ cluster }) => cluster)
    .filter(({ pid }) => isAlive(pid))
}

/** None where there is none, or where it belongs to somebody else. */
function readNote(file: string): { cluster: RunningCluster; writtenMs: number }[] {
  try {
    return [{ cluster: JSON.parse(readFileSync(file, 'utf8')) as RunningCluster, writtenMs: statSync(file).mtimeMs }]
  } catch {
    return []
  }
}
