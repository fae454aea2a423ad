import type { Clock } from '../platform/clock.ts'
import { seen, unseen, type Witness } from './fault.ts'

/** What two took that were begun together: one where the fault is, and one beside it. */
export interface Pair {
  tookMs: number
  besideMs: number
}

interface Lateness {
  leastMs: number
  /** How much later than the one beside it one came before the fault. */
  beforeMs?: number
  /** So many pairs tell: one, where nothing but the fault can make the first of a pair come later than the second. */
  enough?: number
}

interface LateOptions extends Lateness {
  /** How it is said in the report: `a push`. */
  what: string
}

const defaultEnough = 3
/** And longer, if fewer than enough fit into it: what is very slow is waited for. */
const withinMs = 6_000
const everyMs = 50

const quickest = (pairs: readonly Pair[]): Pair => ({
  tookMs: Math.min(...pairs.map(({ tookMs }) => tookMs)),
  besideMs: Math.min(...pairs.map(({ besideMs }) => besideMs)),
})

/** How much later the quickest came than the quickest of those beside. */
export function addedLatencyMs(pairs: readonly Pair[]): number {
  const { tookMs, besideMs } = quickest(pairs)
  return Math.max(0, tookMs - besideMs)
}

/**
 * Whether everything comes late. A machine that stands still makes an answer late too, but it never makes one early: one that is in time
 * disproves it, and of several the quickest tells, against the quickest beside. Pure.
 */
export function judgeLate(
  pairs: readonly Pair[],
  { leastMs, beforeMs = 0, enough = defaultEnough }: Lateness,
): 'late' | 'in time' | 'unclear' {
  if (quickest(pairs).tookMs < leastMs) return 'in time'
  const isLate = addedLatencyMs(pairs) - beforeMs >= leastMs
  return isLate && pairs.length >= enough ? 'late' : 'unclear'
}

/** Looks until it is clear whether everything comes late, or the time is over. A look that taught nothing says why. */
export async function witnessAddedLatency(
  look: () => Promise<Pair | string>,
  { what, ...lateness }: LateOptions,
  clock: Pick<Clock, 'monotonicMs' | 'sleep'>,
): Promise<Witness> {
  const startedMs = clock.monotonicMs()
  const pairs: Pair[] = []
  for (;;) {
    const found = await look()
    if (typeof found !== 'string') pairs.push(found)
    const verdict = pairs.length > 0 ? judgeLate(pairs, lateness) : 'unclear'
    const why = typeof found === 'string' ? found : describeLateness(what, pairs, lateness)
    if (verdict === 'late') return seen(why)
    if (verdict === 'in time') return unseen(why)
    const areFew = typeof found !== 'string' && pairs.length < (lateness.enough ?? defaultEnough)
    if (!areFew && clock.monotonicMs() - startedMs >= withinMs) return unseen(why)
    await clock.sleep(everyMs)
  }
}

function describeLateness(what: string, pairs: readonly Pair[], { beforeMs = 0 }: Lateness): string {
  const { tookMs, besideMs } = quickest(pairs)
  const before = beforeMs >= 1 ? `, ${beforeMs.toFixed(0)} ms apart before` : ''
  const count = pairs.length > 1 ? ` (the quickest of ${pairs.length})` : ''
  return `${what} takes ${tookMs.toFixed(0)} ms, beside it ${besideMs.toFixed(0)} ms${before}${count}`
}
