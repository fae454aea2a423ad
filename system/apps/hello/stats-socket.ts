import { connected, socket } from '../../channels/index.ts'
import type { Metrics } from '../../metrics/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'
import { statsChannel } from './stats-channel.ts'

interface StatsSocketOptions {
  clock: Clock
  random: Random
  metrics: Metrics
  slowPingMs?: number
}

/** Routes every topic to the StatsChannel, which accepts two (CH-131). */
export const statsSocket = ({ random, ...around }: StatsSocketOptions) =>
  socket({
    name: 'HelloSockets.StatsSocket',
    path: '/stats_socket',
    channels: { '*': statsChannel({ ...around, pingMs: () => random.integer(1, 1_000) }) },
    connect: () => connected(),
  })
