import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Returns a process's start time as reported by the system. Pid and start time together identify a process even after the pid is reused. */
export function startStamp(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return statOf(pid)[19]
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}

/** Returns the fields of /proc/pid/stat after the process name, which may contain spaces and parentheses. Throws when the process is gone. */
function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(') ') + 2).split(' ')
}

/** Returns whether this exact process is running and is not a zombie. */
export function isAlive(pid: number, stamp?: string): boolean {
  if (stamp !== undefined && startStamp(pid) !== stamp) return false
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || statOf(pid)[0] !== 'Z'
  } catch {
    return false
  }
}

/** By process, the processes that it has started. */
export type ChildrenByParent = ReadonlyMap<number, readonly number[]>

/** Looks through all processes of the machine. */
export function readChildren(): ChildrenByParent {
  const children = new Map<number, number[]>()
  for (const { child, parent } of process.platform === 'linux' ? listProc() : listPs()) {
    const own = children.get(parent)
    if (own) own.push(child)
    else children.set(parent, [child])
  }
  return children
}

/** Returns the process and all of its descendants, parents first. */
export function family(pid: number, children = readChildren()): number[] {
  const collect = (one: number): number[] => [one, ...(children.get(one) ?? []).flatMap(collect)]
  return collect(pid)
}

interface Descent {
  child: number
  parent: number
}

/** Reads /proc instead of running `ps`, because waiting for a program would block the other scenarios of this process. */
function listProc(): Descent[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      return [{ child: Number(name), parent: Number(statOf(Number(name))[1]) }]
    } catch {
      // The process ended meanwhile.
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

/** Signals a process and all of its descendants; those that have already ended are ignored. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals) {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // The process ended by itself.
    }
  }
}
