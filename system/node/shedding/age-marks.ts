/**
 * Tells how old connections are by their numbers alone, so that no connection has to keep a time: each look remembers the newest number
 * there was, and what was remembered `maxAgeMs` ago is too old now (DP-24). Pure. A look must come now and then, and each is late by at most
 * the time since the one before.
 */
export function createAgeMarks(maxAgeMs: number) {
  const marks: { atMs: number; newest: number }[] = []
  let tooOld = 0
  return {
    /** Returns the number up to which connections are older than the maximum age; 0 for none. */
    look(nowMs: number, newest: number): number {
      marks.push({ atMs: nowMs, newest })
      while (marks.length > 0 && marks[0]!.atMs <= nowMs - maxAgeMs) tooOld = marks.shift()!.newest
      return tooOld
    },
  }
}
