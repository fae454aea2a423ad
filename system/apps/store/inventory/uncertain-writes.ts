import type { Clock } from '../../../platform/clock.ts'
import { UnknownId } from './inventory.ts'

interface UncertainWritesOptions {
  clock: Clock
  /** Looks what became of it, and has every node follow; rejects while the database does not answer. */
  look(id: number): Promise<void>
}

const lookEveryMs = 300
/** As long as a statement may take: what was on its way when the database began to answer again has ended by then. */
const certainAfterMs = 3_000

/**
 * Items of which nobody knows whether they were sold, or products whether they were released: a database that stood still does what it
 * was told after everybody has stopped waiting. It is looked at again as soon as it answers, and once more when nothing can be on its way
 * any more (ST-57, NF-11).
 */
export function reconcileUncertainWrites({ clock, look }: UncertainWritesOptions) {
  /** By id: from when on a look is certain; unknown before the first look. */
  const certainAtMs = new Map<number, number | undefined>()
  let isWaiting = false

  async function lookAt(id: number) {
    const atMs = certainAtMs.get(id)
    if (atMs !== undefined && clock.monotonicMs() < atMs) return
    const isUnknown = await look(id).then(
      () => false,
      (error) => {
        if (error instanceof UnknownId) return true
        throw error
      },
    )
    // Somebody may have come to doubt it anew meanwhile.
    if (certainAtMs.get(id) !== atMs) return
    if (isUnknown || atMs !== undefined) certainAtMs.delete(id)
    else certainAtMs.set(id, clock.monotonicMs() + certainAfterMs)
  }

  async function lookAtAll() {
    await Promise.allSettled([...certainAtMs.keys()].map(lookAt))
    isWaiting = false
    lookSoon()
  }

  function lookSoon() {
    if (isWaiting || certainAtMs.size === 0) return
    isWaiting = true
    clock.after(lookEveryMs, () => void lookAtAll())
  }

  return (id: number) => {
    certainAtMs.set(id, undefined)
    lookSoon()
  }
}
