import type { Metrics } from './metrics.ts'

export type Status = 'success' | 'fail'

/** A connection to a socket, or a refusal (PM-9, PM-16). */
export const countConnect = (metrics: Metrics, socket: string, status: Status): void =>
  metrics.increment('socket_connect', 1, { status, socket })

/** An attempt to join a channel (PM-10, PM-16). */
export const countJoin = (metrics: Metrics, channel: string, status: Status): void =>
  metrics.increment('channel_join', 1, { status, channel })

/** Names of durations and distributions, as the catalogue spells them. */
export const metricNames = {
  /** ms of a ping of the StatsChannel, waiting included (PM-11). */
  statsChannelPing: 'stats_channel.ping',
  /** ms that a worker of the pipeline spends on one item (PM-12). */
  workerProcessTime: 'pipeline.worker.process_time',
  /** ms from the push of an item to its delivery to a client (PM-13). */
  pushDelivered: 'pipeline.push_delivered',
} as const
