import { type BeamHeap, createBeamHeap, type Term } from './beam-heap.ts'

/** The actor of the text on the model of a heap: allocate, clear, noop, and hibernation after a clear or an idle time (RT-63, RT-64). */
export interface BeamActor {
  readonly heap: BeamHeap
  /** Keeps a list of this many one-character strings. */
  allocate(count: number): void
  clear(): void
  noop(): void
  clearAndHibernate(): void
  /** Time without a message. */
  idle(forMs: number): void
}

interface BeamActorOptions {
  fullSweepAfter?: number
  /** Default: it does not. */
  hibernateAfterMs?: number
}

/** What its figure after hibernation leaves for its state and for the way back into its loop. */
const idleWords = 32
/** A pair of an element and of the rest; the one-character string itself is a literal of the code, which no heap holds. */
const pairWords = 2
/** Of a call that builds the list and waits for its rest. */
const frameWords = 4
/** A request with its sender and reference, and the reply. */
const messageWords = 20

export function createBeamActor({ fullSweepAfter, hibernateAfterMs }: BeamActorOptions = {}): BeamActor {
  const heap = createBeamHeap({ idleWords, ...(fullSweepAfter !== undefined && { fullSweepAfter }) })
  let list: Term[] = []

  const receive = () => heap.allocate(messageWords).drop()

  function clear() {
    receive()
    for (const pair of list) pair.drop()
    list = []
  }

  return {
    heap,
    allocate(count) {
      receive()
      for (let depth = 1; depth <= count; depth += 1) heap.setStack(depth * frameWords)
      for (let left = count; left > 0; left -= 1) {
        list.push(heap.allocate(pairWords))
        heap.setStack((left - 1) * frameWords)
      }
    },
    clear,
    noop: receive,
    clearAndHibernate() {
      clear()
      heap.hibernate()
    },
    idle(forMs) {
      if (hibernateAfterMs !== undefined && forMs >= hibernateAfterMs) heap.hibernate()
    },
  }
}
