/** How far the numbers can be trusted: is anybody there who would tell of a change, and since when has nobody spoken? */
export interface Staleness {
  kind: 'waiting' | 'live' | 'stale'
  text: string
}

interface Connection {
  isConnected: boolean
  /** When the server was heard last, heartbeats included; undefined before the first numbers. */
  heardMs: number | undefined
  nowMs: number
  /** After so much silence something is wrong. */
  silentMaxMs: number
}

export function stalenessOf({ isConnected, heardMs, nowMs, silentMaxMs }: Connection): Staleness {
  if (heardMs === undefined) return { kind: 'waiting', text: isConnected ? 'Waiting for numbers' : 'Connecting' }
  const ageMs = nowMs - heardMs
  if (!isConnected) return { kind: 'stale', text: `Connection lost. These numbers are ${inWords(ageMs)} old` }
  if (ageMs > silentMaxMs) return { kind: 'stale', text: `No answer. These numbers are ${inWords(ageMs)} old` }
  return { kind: 'live', text: ageMs < 2_000 ? 'Live' : `Live, checked ${inWords(ageMs)} ago` }
}

function inWords(ageMs: number): string {
  const seconds = Math.max(0, Math.round(ageMs / 1_000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}
