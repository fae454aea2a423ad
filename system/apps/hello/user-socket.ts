import { connected, socket } from '../../channels/index.ts'
import { pingChannel } from './ping-channel.ts'

/** Accepts every connection, has no id (CH-115). */
export const userSocket = socket({
  name: 'HelloSockets.UserSocket',
  path: '/socket',
  channels: { ping: pingChannel, 'ping:*': pingChannel },
  connect: () => connected(),
})
