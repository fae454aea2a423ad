/** How current the numbers of the dashboard are. */
export interface Staleness {
  kind: 'waiting' | 'live' | 'stale'
  text: string
}

interface Connection {
  isConnected: boolean
  /** When the last message of the server came, heartbeats included; undefined before the first numbers. */
  heardMs: number | undefined
  nowMs: number
  /** Longest time between two messages of a working connection. */
  silentMaxMs: number
}

export function stalenessOf({ isConnected, heardMs, nowMs, silentMaxMs }: Connection): Staleness {
  if (heardMs === undefined) return { kind: 'waiting', text: isConnected ? 'Waiting for numbers' : 'Connecting' }
  const ageMs = nowMs - heardMs
  if (!isConnected) return { kind: 'stale', text: `Connection lost. These numbers are ${describeAge(ageMs)} old` }
  if (ageMs > silentMaxMs) return { kind: 'stale', text: `No answer. These numbers are ${describeAge(ageMs)} old` }
  return { kind: 'live', text: ageMs < 2_000 ? 'Live' : `Live, checked ${describeAge(ageMs)} ago` }
}

function describeAge(ageMs: number): string {
  const seconds = Math.max(0, Math.round(ageMs / 1_000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}
