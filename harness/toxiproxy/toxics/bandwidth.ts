import type { Toxic } from './toxic.ts'

const pieceMs = 100
const foreverMs = Number.POSITIVE_INFINITY

/** At most `rate` KB per second, in slices of 100 ms; 0 blocks all data. Only the lateness of a timer shortens the next wait. */
export const bandwidth: Toxic = {
  attributes: { rate: 0 },
  async pipe({ data, readMs }, { rate = 0 }, { wait, pass, monotonicMs, memory }) {
    const pieceBytes = rate > 0 ? rate * pieceMs : data.length
    let start = 0
    while (start < data.length) {
      const piece = data.subarray(start, start + pieceBytes)
      const startedMs = monotonicMs()
      memory.owedMs += rate > 0 ? piece.length / rate : foreverMs
      if (!(await wait(memory.owedMs))) {
        memory.owedMs = 0
        return pass(data.subarray(start), readMs)
      }
      memory.owedMs -= monotonicMs() - startedMs
      await pass(piece, readMs)
      start += piece.length
    }
  },
}
