import type { Toxic } from './toxic.ts'

/** Drops all data and resets the connection after `timeout` ms, with 0 at once. */
export const resetPeer: Toxic = {
  attributes: { timeout: 0 },
  begin: ({ timeout: delayMs = 0 }, { timer, reset }) => timer(delayMs, reset),
  pipe: async () => {},
}
