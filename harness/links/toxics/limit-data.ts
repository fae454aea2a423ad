import type { Toxic } from './toxic.ts'

/** Lets `bytes` bytes through, then closes the connection. */
export const limitData: Toxic = {
  attributes: { bytes: 0 },
  async pipe(chunk, { bytes = 0 }, { pass, close, memory }) {
    const allowed = chunk.subarray(0, Math.max(0, bytes - memory.bytes))
    memory.bytes += allowed.length
    if (allowed.length > 0) await pass(allowed)
    if (memory.bytes >= bytes) close()
  },
}
