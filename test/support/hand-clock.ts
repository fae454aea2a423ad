/** A clock that stands still until it is told. */
export function handClock() {
  let nowMs = 0
  return {
    forward: (ms: number) => {
      nowMs += ms
    },
    clock: { now: () => nowMs, monotonicMs: () => nowMs, after: () => () => {}, sleep: async () => {} },
  }
}
