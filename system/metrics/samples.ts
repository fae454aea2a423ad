import { startBeat } from '../platform/beat.ts'
import type { Clock } from '../platform/clock.ts'
import type { Metrics } from './metrics.ts'

/** How many there are at a moment (PM-1). */
export interface Sources {
  sockets(): number
  channels(): number
}

export const sampleEveryMs = 5_000

/** Reports `sockets_connected` and `channels_connected` now and every 5 s. Returns what ends it. */
export const startSamples = (metrics: Metrics, { sockets, channels }: Sources, clock: Clock): (() => void) =>
  startBeat(clock, sampleEveryMs, () => {
    metrics.gauge('sockets_connected', sockets())
    metrics.gauge('channels_connected', channels())
  })
