import { readdirSync, readFileSync } from 'node:fs'

/** Ms for which something on this machine has waited for a processor, a disk or memory since it started; a member is missing where the system does not say. */
export interface PressureTotals {
  cpuMs?: number
  ioMs?: number
  memoryMs?: number
}

const kinds = ['cpu', 'io', 'memory'] as const

/** What the operating system counts in `/proc/pressure`; nothing elsewhere than on Linux, or where it is switched off. */
export function readPressure(): PressureTotals {
  const found = kinds.map((kind) => [`${kind}Ms`, pressureIn(textOf(`/proc/pressure/${kind}`))] as const)
  return Object.fromEntries(found.filter(([, ms]) => ms !== undefined))
}

/** Ms for which the main thread of a process was ready to run and had no processor, since it started; undefined where nobody counts them. */
export const readWaitedMs = (pid: number | 'self'): number | undefined => waitedIn(textOf(`/proc/${pid}/schedstat`))

/** The same of one thread of this process. */
export const readThreadWaitedMs = (tid: number): number | undefined =>
  waitedIn(textOf(`/proc/self/task/${tid}/schedstat`))

/** The system's number of the thread of this process with this name, which may have 15 characters; undefined where nobody says. */
export function threadNamed(name: string): number | undefined {
  const found = threads().find((tid) => textOf(`/proc/self/task/${tid}/comm`).trim() === name)
  return found === undefined ? undefined : Number(found)
}

function threads(): string[] {
  try {
    return readdirSync('/proc/self/task')
  } catch {
    return []
  }
}

/** Ms for which the main thread of a process had a processor, since it started; undefined where nobody counts them. */
export const readRanMs = (pid: number | 'self'): number | undefined => ranIn(textOf(`/proc/${pid}/schedstat`))

/** The total of a file of `/proc/pressure`, which counts microseconds: `some avg10=0.00 avg60=0.00 avg300=0.00 total=1500`. Pure. */
export function pressureIn(text: string): number | undefined {
  const [, total] = /^some .*\btotal=(\d+)/m.exec(text) ?? []
  return total === undefined ? undefined : Number(total) / 1_000
}

/** The second number of `/proc/<pid>/schedstat`, which counts nanoseconds: time run, time waited, number of slices. Pure. */
export function waitedIn(text: string): number | undefined {
  const [, waited] = /^\d+ (\d+) \d+/.exec(text) ?? []
  return waited === undefined ? undefined : Number(waited) / 1_000_000
}

/** The first number of the same file. Pure. */
export function ranIn(text: string): number | undefined {
  const [, ran] = /^(\d+) \d+ \d+/.exec(text) ?? []
  return ran === undefined ? undefined : Number(ran) / 1_000_000
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
