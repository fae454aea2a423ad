import type { Toxic } from './toxic.ts'

/** Delays all data by `latency` ± `jitter` ms and keeps its order. */
export const latency: Toxic = {
  attributes: { latency: 0, jitter: 0 },
  aheadBytesMax: 16 * 1_048_576,
  async pipe({ data, readMs }, { latency: latencyMs = 0, jitter = 0 }, { wait, monotonicMs, random, pass }) {
    const jitterMs = jitter > 0 ? (random() * 2 - 1) * jitter : 0
    const dueMs = readMs + Math.max(0, latencyMs + jitterMs)
    const waited = await wait(dueMs - monotonicMs())
    await pass(data, waited ? dueMs : readMs)
  },
}
