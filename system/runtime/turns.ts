/** Something that has work to do and does a bounded part of it when its turn comes. */
export interface TurnTaker {
  takeTurn(): void
}

export interface Turns {
  add(one: TurnTaker): void
  /** How many wait for their turn. */
  readonly waiting: number
}

/** After how many turns in a row timers and sockets get a chance. */
const turnsBetweenPauses = 256

/**
 * Whoever has messages gets its turn in the order of arrival, as on the run queue of a scheduler: a sender goes on first, and a receiver
 * finds everything that came meanwhile.
 */
export function createTurns(): Turns {
  const queue: TurnTaker[] = []
  let first = 0
  let running = false

  function start(defer: (run: () => void) => void) {
    running = true
    defer(run)
  }

  function run() {
    for (let turns = 0; first < queue.length && turns < turnsBetweenPauses; turns += 1) takeFirst()
    running = false
    if (first < queue.length) return start(setImmediate)
    queue.length = 0
    first = 0
  }

  function takeFirst() {
    const one = queue[first]!
    first += 1
    one.takeTurn()
  }

  return {
    get waiting() {
      return queue.length - first
    },
    add(one) {
      queue.push(one)
      if (!running) start(queueMicrotask)
    },
  }
}
