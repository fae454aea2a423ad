/** How the page hears from the shop. */
interface Connection {
  isConnected: boolean
  /** When the last message of the server came, heartbeats included; before the first one, when the page began to connect. */
  heardMs: number
  nowMs: number
  /** Longest time between two messages of a working connection. */
  silentMaxMs: number
}

/** A connection that comes back at once is not worth a word. */
export const lostMinMs = 1_000

/** What the page says of its connection; empty while it works. Pure. */
export function describeLoss({ isConnected, heardMs, nowMs, silentMaxMs }: Connection): string {
  const silentMs = nowMs - heardMs
  if (!isConnected && silentMs > lostMinMs)
    return 'Connection lost. What you see may be old. Trying to reach the shop again.'
  return silentMs > silentMaxMs ? 'The shop does not answer. What you see may be old.' : ''
}
