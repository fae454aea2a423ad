import type { Toxic } from './toxic.ts'

/** Slices data into pieces of `average_size` ± `size_variation` bytes, sent `delay` microseconds apart. */
export const slicer: Toxic = {
  attributes: { average_size: 0, size_variation: 0, delay: 0 },
  async pipe({ data, readMs }, { average_size = 0, size_variation = 0, delay = 0 }, { waitExactly, pass, random }) {
    let start = 0
    while (start < data.length) {
      const variation = Math.round((random() * 2 - 1) * size_variation)
      const size = average_size > 0 ? Math.max(1, average_size + variation) : data.length
      await pass(data.subarray(start, start + size), readMs)
      start += size
      const waited = await waitExactly(delay / 1_000)
      if (!waited && start < data.length) return pass(data.subarray(start), readMs)
    }
  },
}
