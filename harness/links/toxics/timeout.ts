import type { Toxic } from './toxic.ts'

/** Drops all data; closes after `timeout` ms, or never when that is 0 (a black hole). Ends its connections when it is removed. */
export const timeout: Toxic = {
  attributes: { timeout: 0 },
  closesOnRemoval: true,
  pipe: async () => {},
  async begin({ timeout: delayMs = 0 }, { wait, close }) {
    if (delayMs === 0) return
    await wait(delayMs)
    close()
  },
}
