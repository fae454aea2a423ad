import type { Toxic } from './toxic.ts'

/** Cuts data into pieces of about `average_size` bytes, give or take `size_variation`, `delay` microseconds apart. */
export const slicer: Toxic = {
  attributes: { average_size: 0, size_variation: 0, delay: 0 },
  async pipe(chunk, { average_size = 0, size_variation = 0, delay = 0 }, { wait, pass, random }) {
    let start = 0
    while (start < chunk.length) {
      const variation = Math.round((random() * 2 - 1) * size_variation)
      const size = average_size > 0 ? Math.max(1, average_size + variation) : chunk.length
      await pass(chunk.subarray(start, start + size))
      start += size
      if (start < chunk.length) await wait(delay / 1_000)
    }
  },
}
