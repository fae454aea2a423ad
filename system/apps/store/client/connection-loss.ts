/** How the page hears from the shop. */
interface Connection {
  isConnected: boolean
  /** When the page was last seen connected, with all its topics joined; before that, when it began to connect. */
  workedMs: number
  /** When the last message of the server came, heartbeats included; before the first one, when the page began to connect. */
  heardMs: number
  nowMs: number
  /** Longest time between two messages of a working connection. */
  silentMaxMs: number
}

/** A connection that comes back at once is not worth a word. */
export const lostMinMs = 1_000
/** A channel that crashed is joined again after a second. */
export const unjoinedMaxMs = 3_000

/** What the page says of its connection; empty while it works. Pure. */
export function describeLoss({ isConnected, workedMs, heardMs, nowMs, silentMaxMs }: Connection): string {
  const lostMs = nowMs - workedMs
  if (!isConnected && lostMs > lostMinMs)
    return 'Connection lost. What you see may be old. Trying to reach the shop again.'
  const isSilent = nowMs - heardMs > silentMaxMs || lostMs > unjoinedMaxMs
  return isSilent ? 'The shop does not answer. What you see may be old.' : ''
}
