import { type Clock, sleepUntil } from '../../platform/clock.ts'

/** Waiting for something outside of the node, a query that takes as long in the database, or computing on the node's own thread. */
export const workKinds = ['none', 'wait', 'database', 'cpu'] as const
export type WorkKind = (typeof workKinds)[number]

export interface WorkRequest {
  kind: WorkKind
  /** About how long it takes. */
  ms: number
}

/** Runs one piece of work; waiting ends early when the signal is aborted. */
export type Work = (request: WorkRequest, signal: AbortSignal) => Promise<unknown> | undefined

interface WorkOptions {
  clock: Clock
  /** Sleeps in the database; undefined where there is none. */
  sleepInDatabase?: ((ms: number) => Promise<unknown>) | undefined
}

export const msMost = 10_000
/** Computation that takes about 1 ms of one core. A fixed amount of it, because a loop that watches the clock would stop early when the core is taken away. */
const roundsPerMs = 500_000

/** Reads the payload of a push; undefined when it asks for no known work. */
export function readWork(payload: unknown): WorkRequest | undefined {
  const { kind = 'none', ms = 0 } = Object(payload) as { kind?: unknown; ms?: unknown }
  const isKnown = workKinds.includes(kind as WorkKind) && typeof ms === 'number' && ms >= 0 && ms <= msMost
  return isKnown ? { kind: kind as WorkKind, ms } : undefined
}

/** Returns a function that runs work of each kind; it returns undefined when the work was done at once. */
export const createWork =
  ({ clock, sleepInDatabase }: WorkOptions): Work =>
  ({ kind, ms }, signal) => {
    if (kind === 'wait') return sleepUntil(clock, ms, signal)
    if (kind === 'cpu') compute(ms)
    if (kind !== 'database') return undefined
    if (!sleepInDatabase) throw new Error('work of the kind "database" needs WORKLOADS_DATABASE_URL')
    return sleepInDatabase(ms)
  }

/** Returns its last value, so that the engine cannot leave the loop out. */
export function compute(ms: number): number {
  let value = 1
  for (let round = 0; round < ms * roundsPerMs; round += 1) value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0
  return value
}
