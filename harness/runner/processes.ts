import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** When a process began, as the operating system says it: with the pid it names one process, also after the pid was used again. */
export function startStamp(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19]
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}

/** Whether this very process is there and not merely waiting to be buried. */
export function isAlive(pid: number, stamp?: string): boolean {
  if (stamp !== undefined && startStamp(pid) !== stamp) return false
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

/** The process and all that descend from it, parents first. */
export function family(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const line of execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')) {
    const [child = 0, parent = 0] = line.trim().split(/\s+/).map(Number)
    children.set(parent, [...(children.get(parent) ?? []), child])
  }
  const collect = (one: number): number[] => [one, ...(children.get(one) ?? []).flatMap(collect)]
  return collect(pid)
}

/** Signals every process of a family; those that are gone already are no matter. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals) {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // It ended by itself.
    }
  }
}
