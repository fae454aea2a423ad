import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** When a process began, as the operating system says it: with the pid it names one process, also after the pid was used again. */
export function startStamp(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return statOf(pid)[19]
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}

/** What Linux says of a process, from its state on; its name before that may hold blanks and brackets. Throws when it is gone. */
function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(') ') + 2).split(' ')
}

/** Whether this very process is there and not merely waiting to be buried. */
export function isAlive(pid: number, stamp?: string): boolean {
  if (stamp !== undefined && startStamp(pid) !== stamp) return false
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || statOf(pid)[0] !== 'Z'
  } catch {
    return false
  }
}

/** The process and all that descend from it, parents first. */
export function family(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const { child, parent } of process.platform === 'linux' ? listProc() : listPs())
    children.set(parent, [...(children.get(parent) ?? []), child])
  const collect = (one: number): number[] => [one, ...(children.get(one) ?? []).flatMap(collect)]
  return collect(pid)
}

interface Descent {
  child: number
  parent: number
}

/** Reads /proc instead of running a program: waiting for one would block the other scenarios that this process runs. */
function listProc(): Descent[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      return [{ child: Number(name), parent: Number(statOf(Number(name))[1]) }]
    } catch {
      // It ended just now.
      return []
    }
  })
}

function listPs(): Descent[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  return lines.map((line) => {
    const [child = 0, parent = 0] = line.trim().split(/\s+/).map(Number)
    return { child, parent }
  })
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
