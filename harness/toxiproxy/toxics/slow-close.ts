import type { Toxic } from './toxic.ts'

/** The end of the stream arrives `delay` ms late. */
export const slowClose: Toxic = {
  attributes: { delay: 0 },
  beforeEnd: ({ delay = 0 }, { wait }) => wait(delay),
}
