import type { Log } from '../platform/log.ts'
import type { PubSubAdapter, RemoteMessage } from './adapter.ts'

/** Turns a broadcast into finished bytes for one protocol version; implemented by the serializers of the channels. */
export interface BroadcastEncoder {
  readonly vsn: string
  encodeBroadcast(topic: string, event: string, payload: unknown): Buffer | string
}

export interface Broadcast {
  readonly topic: string
  readonly event: string
  readonly payload: unknown
  /** The finished message for this encoder: encoded once, however many subscribers ask (CH-79). */
  encoded(encoder: BroadcastEncoder): Buffer | string
}

export interface Subscriber {
  deliver(broadcast: Broadcast): void
}

export interface SubscribeOptions {
  /** Takes the broadcasts in the subscriber's place, which is not asked: the fast lane of a channel that looks at none (CH-76). */
  via?: Subscriber
}

/** Side by side: the loop over a busy topic touches nothing of a subscriber but its lane. */
interface Topic {
  subscribers: Subscriber[]
  lanes: Subscriber[]
}

export interface BroadcastOptions {
  /** This subscriber gets no copy (CH-72). */
  from?: Subscriber
}

interface PubSubOptions {
  nodeName: string
  adapter?: PubSubAdapter
  log: Log
  quirks?: PubSubQuirks
}

/** What pub/sub can be made to do wrong on purpose (FI-18). */
export interface PubSubQuirks {
  /** DF-112: without the others, not even the own clients. */
  remoteOrNothing?: boolean
}

export type PubSub = ReturnType<typeof createPubSub>

/**
 * Local fan-out of one node, and a port to the others. A broadcast reaches every subscriber on every node, once, in one
 * attempt (CH-71, DP-9, AM-3, AM-4); one subscriber that throws disturbs no other.
 */
export function createPubSub({ nodeName, adapter, log, quirks = {} }: PubSubOptions) {
  const topics = new Map<string, Topic>()
  const counters = { broadcasts: 0, encodes: 0, delivered: 0 }

  function toBroadcast(topic: string, event: string, payload: unknown): Broadcast {
    const cache = new Map<BroadcastEncoder, Buffer | string>()
    // Nearly all subscribers of a topic speak the same version: the last one is found without a look into the map.
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
    const { subscribers, lanes } = known
    const broadcast = toBroadcast(topic, event, payload)
    // Nobody is taken out of these lists, new ones take their place; who comes in meanwhile stands behind these.
    const { length } = subscribers
    for (let index = 0; index < length; index += 1) {
      if (subscribers[index] === from) continue
      try {
        lanes[index]!.deliver(broadcast)
        counters.delivered += 1
      } catch (error) {
        log.error({ topic, event, err: error }, 'a subscriber could not take a broadcast')
      }
    }
  }

  const isHeard = () => Object.values(adapter?.peers() ?? {}).some(({ connected }) => connected)

  return {
    nodeName,
    counters,
    /** Connects to the other nodes, where there is an adapter. */
    start: async () =>
      adapter?.start((message: RemoteMessage) => deliver(message.topic, message.event, message.payload)),
    stop: async () => adapter?.stop(),
    subscribe(topic: string, subscriber: Subscriber, { via = subscriber }: SubscribeOptions = {}) {
      const known = topics.get(topic) ?? { subscribers: [], lanes: [] }
      known.subscribers.push(subscriber)
      known.lanes.push(via)
      topics.set(topic, known)
    },
    /** Removes every subscription of this subscriber to the topic (CH-80). */
    unsubscribe(topic: string, subscriber: Subscriber) {
      const known = topics.get(topic)
      if (!known) return
      const stays = (_: Subscriber, index: number) => known.subscribers[index] !== subscriber
      const left = { subscribers: known.subscribers.filter(stays), lanes: known.lanes.filter(stays) }
      if (left.subscribers.length > 0) topics.set(topic, left)
      else topics.delete(topic)
    },
    /** To every subscriber on every node (CH-71). */
    broadcast(topic: string, event: string, payload: unknown, { from }: BroadcastOptions = {}) {
      counters.broadcasts += 1
      adapter?.broadcast({ topic, event, payload })
      if (!quirks.remoteOrNothing || isHeard()) deliver(topic, event, payload, from)
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
      Object.fromEntries([...topics].map(([topic, { subscribers }]) => [topic, subscribers.length])),
    peers: () => adapter?.peers() ?? {},
    onPeerUp: (listener: (name: string) => void) => adapter?.onPeerUp(listener),
  }
}
