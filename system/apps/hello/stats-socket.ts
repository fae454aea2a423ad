import { connected, socket } from '../../channels/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'
import { statsChannel } from './stats-channel.ts'

interface StatsSocketOptions {
  clock: Clock
  random: Random
}

/** Routes every topic to the StatsChannel, which accepts two (CH-131). */
export const statsSocket = ({ clock, random }: StatsSocketOptions) =>
  socket({
    name: 'HelloSockets.StatsSocket',
    path: '/stats_socket',
    channels: { '*': statsChannel({ sleep: clock.sleep, pingMs: () => random.integer(1, 1_000) }) },
    connect: () => connected(),
  })
