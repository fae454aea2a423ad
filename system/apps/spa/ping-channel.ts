import { channel, noreply, ok, reply } from '../../channels/index.ts'
import type { Broadcast } from '../../pubsub/index.ts'

/** Topics of clients are the same as those of HelloSockets, whose clients must not hear the pings of this application (RX-6). */
export const internalTopic = (topic: string) => `spa:${topic}`

/** Passes the pings of its node on to the client, and answers the client's own. */
export const pingChannel = channel({
  name: 'SpaPingChannel',
  join(topic, _payload, { subscribe }) {
    subscribe(internalTopic(topic))
    return ok()
  },
  handleIn(event) {
    if (event === 'ping') return reply('ok', { ping: 'pong' })
    throw new Error(`SpaPingChannel has no handler for ${event}`)
  },
  handleInfo(message, { push }) {
    const { event, payload } = message as Broadcast
    push(event, payload)
    return noreply()
  },
})
