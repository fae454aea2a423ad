import type { Toxic } from './toxic.ts'

/** Lets `bytes` bytes through, then closes the connection. */
export const limitData: Toxic = {
  attributes: { bytes: 0 },
  async pipe({ data, readMs }, { bytes = 0 }, { pass, close, memory }) {
    const allowed = data.subarray(0, Math.max(0, bytes - memory.passedBytes))
    memory.passedBytes += allowed.length
    if (allowed.length > 0) await pass(allowed, readMs)
    if (memory.passedBytes >= bytes) close()
  },
}
