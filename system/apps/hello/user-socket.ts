import { connected, socket } from '../../channels/index.ts'
import { dedupeChannel } from './dedupe-channel.ts'
import { createPingChannel } from './ping-channel.ts'
import { wildcardChannel } from './wildcard-channel.ts'

interface UserSocketOptions {
  ping?: Parameters<typeof createPingChannel>[0]
  dedupe?: Parameters<typeof dedupeChannel>[0]
}

/** Accepts every connection, has no id (CH-115). */
export function createUserSocket({ ping, dedupe }: UserSocketOptions = {}) {
  const pingChannel = createPingChannel(ping)
  return socket({
    name: 'HelloSockets.UserSocket',
    path: '/socket',
    channels: { ping: pingChannel, 'ping:*': pingChannel, 'wild:*': wildcardChannel, dupe: dedupeChannel(dedupe) },
    connect: () => connected(),
    options: { longpoll: { windowMs: 10_000 } },
  })
}

export const userSocket = createUserSocket()
