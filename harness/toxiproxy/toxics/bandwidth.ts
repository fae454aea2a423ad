import type { Toxic } from './toxic.ts'

/** Timers fire late; so much of a delay is made up for by the next one. */
const makeUpMs = 20
const pieceMs = 100
const foreverMs = Number.POSITIVE_INFINITY

/** At most `rate` KB each second, in pieces of 100 ms; 0 lets nothing through. */
export const bandwidth: Toxic = {
  attributes: { rate: 0 },
  async pipe({ data, readMs }, { rate = 0 }, { wait, pass, monotonicMs, memory }) {
    const pieceBytes = rate > 0 ? rate * pieceMs : data.length
    let start = 0
    while (start < data.length) {
      const piece = data.subarray(start, start + pieceBytes)
      memory.freeAtMs = Math.max(memory.freeAtMs, monotonicMs() - makeUpMs)
      memory.freeAtMs += rate > 0 ? piece.length / rate : 0
      const waited = await wait(rate > 0 ? memory.freeAtMs - monotonicMs() : foreverMs)
      if (!waited) return pass(data.subarray(start), readMs)
      await pass(piece, readMs)
      start += piece.length
    }
  },
}
