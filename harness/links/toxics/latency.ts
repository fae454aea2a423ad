import type { Toxic } from './toxic.ts'

/** Delivers everything `latency` ms late, give or take `jitter`, in order. */
export const latency: Toxic = {
  attributes: { latency: 0, jitter: 0 },
  async pipe(chunk, { latency: delayMs = 0, jitter = 0 }, { wait, ageMs, random, pass }) {
    const jitterMs = jitter > 0 ? (random() * 2 - 1) * jitter : 0
    await wait(delayMs + jitterMs - ageMs())
    await pass(chunk)
  },
}
