/** The one event whose handler takes its time, so that what follows has to wait for it. */
export const slowEvent = 'ping:slow'
const slowMs = 80

/** Called before each handler of a channel. */
export const createSlowHandler =
  (sleep: (delayMs: number) => Promise<void>) =>
  (_channel: string, event: string): Promise<void> | undefined =>
    event === slowEvent ? sleep(slowMs) : undefined
