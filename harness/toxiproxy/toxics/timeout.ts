import type { Stage, Toxic } from './toxic.ts'

const closeLater = (delayMs: number, { timer, close }: Stage) => {
  if (delayMs > 0) timer(delayMs, close)
}

/**
 * Drops all data and closes the connection when no data arrived for `timeout` ms; 0 never closes it (a black hole). Removing the
 * toxic closes its connections, because data is missing from their streams.
 */
export const timeout: Toxic = {
  attributes: { timeout: 0 },
  closesOnRemoval: true,
  begin: ({ timeout: delayMs = 0 }, stage) => closeLater(delayMs, stage),
  pipe: async (_, { timeout: delayMs = 0 }, stage) => closeLater(delayMs, stage),
}
