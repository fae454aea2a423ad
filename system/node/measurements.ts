import type { Attempts, Endpoint } from '../channels/index.ts'
import { countConnect, countJoin, type Metrics, type Sources } from '../metrics/index.ts'

/** Counts who comes. A socket is counted by its own name, without that of its application: `HelloSockets.StatsSocket` as `StatsSocket` (PM-9). */
export const countAttempts = (metrics: Metrics): Attempts => ({
  connect: (socket, status) => countConnect(metrics, socket.slice(socket.lastIndexOf('.') + 1), status),
  join: (channel, status) => countJoin(metrics, channel, status),
})

/** Who is there (PM-1). */
export const sourcesOf = ({ held }: Pick<Endpoint, 'held'>): Sources => ({
  sockets: () => held().sessions,
  channels: () => held().joined,
})
