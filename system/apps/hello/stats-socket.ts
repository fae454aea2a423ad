import { connected, socket } from '../../channels/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'
import { statsChannel } from './stats-channel.ts'

interface StatsSocketOptions {
  clock: Clock
  random: Random
  parallelInside?: boolean
  parallelMax?: number
  work?(forMs: number): Promise<void>
}

/** Every topic goes to the StatsChannel, which knows two (CH-131). */
export const statsSocket = ({ clock, random, parallelInside = false, parallelMax, work }: StatsSocketOptions) =>
  socket({
    name: 'HelloSockets.StatsSocket',
    path: '/stats_socket',
    channels: {
      '*': statsChannel({
        sleep: clock.sleep,
        pingMs: () => random.integer(1, 1_000),
        ...(parallelMax && { parallelMax }),
        ...(work && { work }),
        quirks: { parallelInside },
      }),
    },
    connect: () => connected(),
  })
