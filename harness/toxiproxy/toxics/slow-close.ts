import type { Toxic } from './toxic.ts'

/** Delays the end of the stream by `delay` ms. */
export const slowClose: Toxic = {
  attributes: { delay: 0 },
  beforeEnd: ({ delay = 0 }, { wait }) => wait(delay),
}
