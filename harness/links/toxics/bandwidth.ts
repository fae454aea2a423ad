import type { Toxic } from './toxic.ts'

const sliceBytes = 4_096

/** At most `rate` KB each second. */
export const bandwidth: Toxic = {
  attributes: { rate: 0 },
  async pipe(chunk, { rate = 0 }, { wait, pass }) {
    for (let start = 0; start < chunk.length; start += sliceBytes) {
      const slice = chunk.subarray(start, start + sliceBytes)
      if (rate > 0) await wait(slice.length / rate)
      await pass(slice)
    }
  },
}
