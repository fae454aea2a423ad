import type { Clock } from '../../../platform/clock.ts'
import { UnknownId } from './inventory.ts'

interface UncertainWritesOptions {
  clock: Clock
  /** Reads the outcome from the database and has every node apply it; rejects while the database is unreachable. */
  reconcile(id: number): Promise<void>
}

const retryEveryMs = 300
/** The longest that a statement may take: one that was in flight when the database was reachable again has ended by then. */
const settledAfterMs = 3_000

/**
 * Reconciles writes whose outcome is unknown, by the id of the item or product: a paused database still executes statements that their
 * callers have given up. Each id is read as soon as the database is reachable, and once more when no statement can be in flight any
 * more (ST-57, NF-11). Returns the function that marks an id as uncertain.
 */
export function reconcileUncertainWrites({ clock, reconcile }: UncertainWritesOptions) {
  /** By id: the time from which a read is final; undefined before the first read. */
  const settledAtMs = new Map<number, number | undefined>()
  let isScheduled = false

  async function reconcileOne(id: number) {
    const atMs = settledAtMs.get(id)
    if (atMs !== undefined && clock.monotonicMs() < atMs) return
    const isUnknown = await reconcile(id).then(
      () => false,
      (error) => {
        if (error instanceof UnknownId) return true
        throw error
      },
    )
    // The id may have become uncertain again during the read.
    if (settledAtMs.get(id) !== atMs) return
    if (isUnknown || atMs !== undefined) settledAtMs.delete(id)
    else settledAtMs.set(id, clock.monotonicMs() + settledAfterMs)
  }

  async function reconcileAll() {
    await Promise.allSettled([...settledAtMs.keys()].map(reconcileOne))
    isScheduled = false
    schedule()
  }

  function schedule() {
    if (isScheduled || settledAtMs.size === 0) return
    isScheduled = true
    clock.after(retryEveryMs, () => void reconcileAll())
  }

  return (id: number) => {
    settledAtMs.set(id, undefined)
    schedule()
  }
}
