import { connected, socket } from '../../channels/index.ts'
import { activityChannel } from './activity-channel.ts'
import { pingChannel } from './ping-channel.ts'

/** Accepts every connection; long polls are for clients that cannot keep a WebSocket (RX-6, RX-18). */
export const spaSocket = socket({
  name: 'SpaSocket',
  path: '/spa_socket',
  channels: { ping: pingChannel, other: pingChannel, activities: activityChannel },
  connect: () => connected(),
  options: { longpoll: { windowMs: 10_000 } },
})
