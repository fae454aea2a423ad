import { type ChannelDefinition, connected, socket } from '../../channels/index.ts'
import { dedupeChannel } from './dedupe-channel.ts'
import { createPingChannel } from './ping-channel.ts'
import { wildcardChannel } from './wildcard-channel.ts'

interface UserSocketOptions {
  ping?: Parameters<typeof createPingChannel>[0]
  dedupe?: Parameters<typeof dedupeChannel>[0]
  /** Topics that do not belong here, for the defect that puts them here (DF-24). */
  channels?: Record<string, ChannelDefinition>
}

/** Accepts every connection, has no id (CH-115). */
export function createUserSocket({ ping, dedupe, channels = {} }: UserSocketOptions = {}) {
  const pingChannel = createPingChannel(ping)
  return socket({
    name: 'HelloSockets.UserSocket',
    path: '/socket',
    channels: {
      ping: pingChannel,
      'ping:*': pingChannel,
      'wild:*': wildcardChannel,
      dupe: dedupeChannel(dedupe),
      ...channels,
    },
    connect: () => connected(),
    options: { longpoll: { windowMs: 10_000 } },
  })
}

export const userSocket = createUserSocket()
