import type { Clock } from '../platform/clock.ts'
import { seen, unseen, type Witness } from './fault.ts'

/** Two requests that were begun together: one where the fault is, and the control probe where it is not. */
export interface Pair {
  tookMs: number
  controlMs: number
}

interface Lateness {
  leastMs: number
  /** How much later than the control probe a request came before the fault. */
  beforeMs?: number
  /** How many pairs are needed: one is enough where nothing but the fault can make the request later than its control probe. */
  enough?: number
}

interface LateOptions extends Lateness {
  /** What the report calls it: `a push`. */
  what: string
}

const defaultEnough = 3
/** Longer only when fewer than enough pairs fit into it, because each is very slow. */
const withinMs = 6_000
const everyMs = 50

const quickest = (pairs: readonly Pair[]): Pair => ({
  tookMs: Math.min(...pairs.map(({ tookMs }) => tookMs)),
  controlMs: Math.min(...pairs.map(({ controlMs }) => controlMs)),
})

/** How much later the quickest request came than the quickest control probe. */
export function addedLatencyMs(pairs: readonly Pair[]): number {
  const { tookMs, controlMs } = quickest(pairs)
  return Math.max(0, tookMs - controlMs)
}

/**
 * Whether everything comes late. A machine that stands still delays answers too, but never makes one early: one answer in time disproves
 * the fault, and of several the quickest counts, against the quickest control probe. Pure.
 */
export function judgeLate(
  pairs: readonly Pair[],
  { leastMs, beforeMs = 0, enough = defaultEnough }: Lateness,
): 'late' | 'in time' | 'unclear' {
  if (quickest(pairs).tookMs < leastMs) return 'in time'
  const isLate = addedLatencyMs(pairs) - beforeMs >= leastMs
  return isLate && pairs.length >= enough ? 'late' : 'unclear'
}

/** Looks until it is clear whether everything comes late, or the time is over. A look that failed returns why. */
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
  const { tookMs, controlMs } = quickest(pairs)
  const before = beforeMs >= 1 ? `, ${beforeMs.toFixed(0)} ms apart before the fault` : ''
  const count = pairs.length > 1 ? ` (the quickest of ${pairs.length})` : ''
  return `${what} takes ${tookMs.toFixed(0)} ms, the control probe ${controlMs.toFixed(0)} ms${before}${count}`
}
