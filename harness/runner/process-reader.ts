import { type ChildrenByParent, family, readChildren } from '../leases/processes.ts'
import { systemClock } from '../platform/clock.ts'
import { readPressure, readThreadWaitedMs, readWaitedMs, threadNamed } from '../platform/pressure.ts'
import type { RunState } from './run-state.ts'
import type { Reading } from './starvation.ts'

type Waited = Reading['waited']

/** Databases and browsers have many processes: they are read in one of so many readings. */
const familiesEvery = 2

/** Returns the function that reads what all processes of a scenario have waited for until now. */
export function createProcessReader({ cluster, settings, elapsedMs }: RunState): () => Reading {
  const { nodes, database, redis, links } = cluster!
  const isCounted = readWaitedMs(process.pid) !== undefined
  let readings = 0
  return () => {
    const families = isCounted && readings % familiesEvery === 0
    readings += 1
    const waited = {
      harness: { pid: process.pid, ms: readWaitedMs(process.pid) },
      ...Object.fromEntries(nodes.flatMap(({ name, pid }) => waitedOf(name, pid))),
      ...(links.threadName !== undefined && threadWaited(links.threadName)),
      ...(families && familyWaited('database', [database.pid])),
      ...(families && familyWaited('redis', [redis?.pid])),
      ...(families && familyWaited('browser', settings.browsers.pids())),
    }
    return { atMs: elapsedMs(), pressure: readPressure(), waited }
  }
}

type Entry = [string, Waited[string]]

const waitedOf = (name: string, pid: number | undefined): Entry[] =>
  pid === undefined ? [] : [[name, { pid, ms: readWaitedMs(pid) }]]

/** A database and a browser wait as long as one of their processes does. */
const familyWaited = (name: string, pids: readonly (number | undefined)[]): Waited =>
  Object.fromEntries(
    pids
      .flatMap((pid) => (pid === undefined ? [] : family(pid, childrenNow())))
      .flatMap((pid) => waitedOf(`${name}/${pid}`, pid)),
  )

/** The thread of the embedded proxy is one for all scenarios. */
function threadWaited(name: string): Waited {
  const ms = linkThread === undefined ? undefined : readThreadWaitedMs(linkThread)
  if (ms === undefined) linkThread = threadNamed(name)
  return linkThread === undefined ? {} : { links: { pid: linkThread, ms } }
}

let linkThread: number | undefined

/** So old may be what is known of who has started whom; the look for it takes milliseconds, and all scenarios share it. */
const childrenKeptMs = 2_000
let known: { atMs: number; children: ChildrenByParent } | undefined

function childrenNow(): ChildrenByParent {
  const nowMs = systemClock.monotonicMs()
  if (!known || nowMs - known.atMs > childrenKeptMs) known = { atMs: nowMs, children: readChildren() }
  return known.children
}
