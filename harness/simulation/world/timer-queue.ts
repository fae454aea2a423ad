export interface Timer {
  readonly atMs: number
  /** Of two that are due at the same moment, the one that was asked for first comes first. */
  readonly order: number
  run: (() => void) | undefined
}

const isBefore = (one: Timer, other: Timer) =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)

/** Timers in the order in which they are due: a binary heap. */
export function createTimerQueue() {
  const heap: Timer[] = []

  function up(start: number) {
    let index = start
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(heap[index]!, heap[parent]!)) return
      swap(index, parent)
      index = parent
    }
  }

  function down() {
    let index = 0
    for (;;) {
      const [left, right] = [index * 2 + 1, index * 2 + 2]
      let first = index
      if (left < heap.length && isBefore(heap[left]!, heap[first]!)) first = left
      if (right < heap.length && isBefore(heap[right]!, heap[first]!)) first = right
      if (first === index) return
      swap(index, first)
      index = first
    }
  }

  function swap(one: number, other: number) {
    const kept = heap[one]!
    heap[one] = heap[other]!
    heap[other] = kept
  }

  return {
    add(timer: Timer) {
      heap.push(timer)
      up(heap.length - 1)
    },
    /** The next one, which is then out of the queue. */
    take(): Timer | undefined {
      const [first] = heap
      const last = heap.pop()
      if (heap.length > 0) {
        heap[0] = last!
        down()
      }
      return first
    },
  }
}
