import type { Toxic } from './toxic.ts'

/** Drops all data and resets the connection after `timeout` ms, with 0 at once. */
export const resetPeer: Toxic = {
  attributes: { timeout: 0 },
  pipe: async () => {},
  async begin({ timeout: delayMs = 0 }, { wait, reset }) {
    await wait(delayMs)
    reset()
  },
}
