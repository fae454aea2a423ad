import type { Stage, Toxic } from './toxic.ts'

const closeLater = (delayMs: number, { timer, close }: Stage) => {
  if (delayMs > 0) timer(delayMs, close)
}

/**
 * Drops all data and closes the connection when none came for `timeout` ms; with 0 never (a black hole). Its removal ends the
 * connections that it sat in: they have a hole in their data.
 */
export const timeout: Toxic = {
  attributes: { timeout: 0 },
  closesOnRemoval: true,
  begin: ({ timeout: delayMs = 0 }, stage) => closeLater(delayMs, stage),
  pipe: async (_, { timeout: delayMs = 0 }, stage) => closeLater(delayMs, stage),
}
