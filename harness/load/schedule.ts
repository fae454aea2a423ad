import { seededRandom } from '../platform/random.ts'

/** When each message is due, fixed before the first is sent: a slow server changes nothing of it. */
export interface Schedule {
  /** Ms since the start of the stage, ascending. */
  atMs: Float64Array
  /** The connection that sends it. */
  connection: Uint32Array
}

export interface ScheduleOptions {
  seed: number
  ratePerS: number
  durationMs: number
  /** Connections that may send. */
  senders: number
}

/** Returns Poisson arrivals, each on a connection drawn evenly; the same for the same options. Pure. */
export function poissonSchedule({ seed, ratePerS, durationMs, senders }: ScheduleOptions): Schedule {
  const random = seededRandom(seed)
  const meanGapMs = 1_000 / ratePerS
  const atMs: number[] = []
  const connection: number[] = []
  for (let at = gap(random.next(), meanGapMs); at < durationMs; at += gap(random.next(), meanGapMs)) {
    atMs.push(at)
    connection.push(random.integer(0, senders - 1))
  }
  return { atMs: Float64Array.from(atMs), connection: Uint32Array.from(connection) }
}

/** An exponential gap from an even draw in [0, 1). */
const gap = (even: number, meanMs: number) => -Math.log(1 - even) * meanMs
