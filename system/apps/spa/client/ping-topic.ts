import type { Channel, Socket } from 'phoenix'

export type OnPing = (data: unknown) => void

/** What components can do with the pings of a topic; nothing in it is of the channel client (RX-9). */
export interface Pings {
  /** Returns the function that ends it. */
  onPing(callback: OnPing): () => void
  /** `failed` is told in a sentence why no answer comes. */
  sendPing(callback: OnPing, failed?: (sentence: string) => void): void
}

const notJoined = 'There is no connection yet.'

export interface PingTopic {
  readonly pings: Pings
  /** Joins, and returns the function that leaves. */
  join(socket: Pick<Socket, 'channel'>, topic: string): () => void
}

/** The logic of a channel container, without React and without a browser (RX-18). Callbacks may register before the topic is joined. */
export function createPingTopic(): PingTopic {
  const subscribers = new Set<OnPing>()
  let channel: Channel | undefined
  return {
    pings: {
      onPing(callback) {
        subscribers.add(callback)
        return () => void subscribers.delete(callback)
      },
      sendPing(callback, failed = () => {}) {
        if (!channel) return failed(notJoined)
        channel
          .push('ping', {})
          .receive('ok', callback)
          .receive('error', () => failed('The ping was refused.'))
          .receive('timeout', () => failed('Nobody answered the ping.'))
      },
    },
    join(socket, topic) {
      const joined = socket.channel(topic, {})
      channel = joined
      joined.on('ping', (data) => {
        for (const callback of subscribers) callback(data)
      })
      joined.join()
      return () => {
        joined.leave()
        if (channel === joined) channel = undefined
      }
    },
  }
}
