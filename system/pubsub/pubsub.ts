import type { Log } from '../platform/log.ts'
import type { PubSubAdapter, RemoteMessage } from './adapter.ts'

/** Encodes a broadcast for one protocol version; implemented by the serializers of the channels. */
export interface BroadcastEncoder {
  readonly vsn: string
  encodeBroadcast(topic: string, event: string, payload: unknown): Buffer | string
}

export interface Broadcast {
  readonly topic: string
  readonly event: string
  readonly payload: unknown
  /** The message in this encoder's format: encoded once for all subscribers (CH-79). */
  encoded(encoder: BroadcastEncoder): Buffer | string
}

export interface Subscriber {
  deliver(broadcast: Broadcast): void
}

export interface SubscribeOptions {
  /** Gets the broadcasts instead of the subscriber: the connection of a channel that intercepts nothing (CH-76). */
  fastlane?: Subscriber
}

interface Topic {
  /** Subscriber -> who gets its broadcasts. A map, so that unsubscribing is O(1) in a topic of any size. */
  fastlanes: Map<Subscriber, Subscriber>
  /** Second and later subscriptions of the same subscriber. */
  duplicates: { subscriber: Subscriber; fastlane: Subscriber }[]
  /** Broadcasts that are being delivered now: meanwhile the topic must not change. */
  readers: number
}

const topicOf = (fastlanes: Topic['fastlanes'], duplicates: Topic['duplicates']): Topic => ({
  fastlanes,
  duplicates,
  readers: 0,
})

export interface BroadcastOptions {
  /** This subscriber gets no copy (CH-72). */
  from?: Subscriber
}

interface PubSubOptions {
  nodeName: string
  adapter?: PubSubAdapter
  log: Log
}

export type PubSub = ReturnType<typeof createPubSub>

/**
 * Local fan-out of one node, and a port to the other nodes. A broadcast reaches every subscriber on every node at most once, in one
 * attempt (CH-71, DP-9, AM-3, AM-4). A subscriber that throws does not affect the others.
 */
export function createPubSub({ nodeName, adapter, log }: PubSubOptions) {
  const topics = new Map<string, Topic>()
  const counters = { broadcasts: 0, encodes: 0, delivered: 0 }

  function toBroadcast(topic: string, event: string, payload: unknown): Broadcast {
    const cache = new Map<BroadcastEncoder, Buffer | string>()
    // Nearly all subscribers of a topic use the same encoder: the last one needs no lookup in the map.
    let lastEncoder: BroadcastEncoder | undefined
    let lastFrame: Buffer | string = ''
    return {
      topic,
      event,
      payload,
      encoded(encoder) {
        if (encoder === lastEncoder) return lastFrame
        lastFrame = cache.get(encoder) ?? encode(encoder)
        lastEncoder = encoder
        return lastFrame
      },
    }

    function encode(encoder: BroadcastEncoder) {
      counters.encodes += 1
      const fresh = encoder.encodeBroadcast(topic, event, payload)
      cache.set(encoder, fresh)
      return fresh
    }
  }

  function deliver(topic: string, event: string, payload: unknown, from?: Subscriber) {
    const known = topics.get(topic)
    if (!known) return
    const broadcast = toBroadcast(topic, event, payload)
    known.readers += 1
    for (const [subscriber, fastlane] of known.fastlanes) if (subscriber !== from) deliverTo(fastlane, broadcast)
    for (const { subscriber, fastlane } of known.duplicates) if (subscriber !== from) deliverTo(fastlane, broadcast)
    known.readers -= 1
  }

  function deliverTo(subscriber: Subscriber, broadcast: Broadcast) {
    try {
      subscriber.deliver(broadcast)
      counters.delivered += 1
    } catch (error) {
      const { topic, event } = broadcast
      log.error({ topic, event, err: error }, 'a subscriber failed to handle a broadcast')
    }
  }

  /** The topic for a change. Copied while a broadcast is being delivered, which reaches those who were subscribed when it began. */
  function copyOnWrite(topic: string): Topic {
    const known = topics.get(topic) ?? topicOf(new Map(), [])
    const own = known.readers > 0 ? topicOf(new Map(known.fastlanes), [...known.duplicates]) : known
    topics.set(topic, own)
    return own
  }

  return {
    nodeName,
    counters,
    /** Connects to the other nodes, if there is an adapter. */
    start: async () =>
      adapter?.start((message: RemoteMessage) => deliver(message.topic, message.event, message.payload)),
    stop: async () => adapter?.stop(),
    subscribe(topic: string, subscriber: Subscriber, { fastlane = subscriber }: SubscribeOptions = {}) {
      const { fastlanes, duplicates } = copyOnWrite(topic)
      if (fastlanes.has(subscriber)) duplicates.push({ subscriber, fastlane })
      else fastlanes.set(subscriber, fastlane)
    },
    /** Removes every subscription of this subscriber to the topic (CH-80). */
    unsubscribe(topic: string, subscriber: Subscriber) {
      if (!topics.get(topic)?.fastlanes.has(subscriber)) return
      const own = copyOnWrite(topic)
      own.fastlanes.delete(subscriber)
      own.duplicates = own.duplicates.filter((one) => one.subscriber !== subscriber)
      if (own.fastlanes.size === 0) topics.delete(topic)
    },
    /** To every subscriber on every node (CH-71). */
    broadcast(topic: string, event: string, payload: unknown, { from }: BroadcastOptions = {}) {
      counters.broadcasts += 1
      adapter?.broadcast({ topic, event, payload })
      deliver(topic, event, payload, from)
    },
    /** To the subscribers of this node only (CT-49). */
    localBroadcast(topic: string, event: string, payload: unknown, { from }: BroadcastOptions = {}) {
      counters.broadcasts += 1
      deliver(topic, event, payload, from)
    },
    /** To the subscribers of one named node, this one included (CH-75). */
    directBroadcast(toNode: string, topic: string, event: string, payload: unknown) {
      counters.broadcasts += 1
      if (toNode === nodeName) deliver(topic, event, payload)
      else adapter?.directBroadcast(toNode, { topic, event, payload })
    },
    subscriptions: (): Record<string, number> =>
      Object.fromEntries(
        [...topics].map(([topic, { fastlanes, duplicates }]) => [topic, fastlanes.size + duplicates.length]),
      ),
    peers: () => adapter?.peers() ?? {},
    onPeerUp: (listener: (name: string) => void) => adapter?.onPeerUp(listener),
  }
}
