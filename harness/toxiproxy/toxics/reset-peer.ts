import type { Toxic } from './toxic.ts'

/** Drops all data and resets the connection after `timeout` ms; 0 resets it immediately. */
export const resetPeer: Toxic = {
  attributes: { timeout: 0 },
  begin: ({ timeout: delayMs = 0 }, { timer, reset }) => timer(delayMs, reset),
  pipe: async () => {},
}
