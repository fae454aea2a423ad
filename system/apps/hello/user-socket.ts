import { connected, socket } from '../../channels/index.ts'
import { dedupeChannel } from './dedupe-channel.ts'
import { pingChannel } from './ping-channel.ts'
import { wildcardChannel } from './wildcard-channel.ts'

/** Accepts every connection, has no id (CH-115). */
export const userSocket = socket({
  name: 'HelloSockets.UserSocket',
  path: '/socket',
  channels: {
    ping: pingChannel,
    'ping:*': pingChannel,
    'wild:*': wildcardChannel,
    dupe: dedupeChannel,
  },
  connect: () => connected(),
  options: { longpoll: { windowMs: 10_000 } },
})
