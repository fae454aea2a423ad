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

/** Found by the subscriber, so that a full room can leave at once; the loop over a busy topic touches nothing of it but its lane. */
interface Topic {
  lanes: Map<Subscriber, Subscriber>
  /** Who is subscribed more than once, for each time after the first. */
  again: { subscriber: Subscriber; lane: Subscriber }[]
  /** So many broadcasts are going through it: it must stay as it is. */
  readers: number
}

const topicOf = (lanes: Topic['lanes'], again: Topic['again']): Topic => ({ lanes, again, readers: 0 })

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
    const broadcast = toBroadcast(topic, event, payload)
    known.readers += 1
    for (const [subscriber, lane] of known.lanes) if (subscriber !== from) hand(broadcast, lane)
    for (const { subscriber, lane } of known.again) if (subscriber !== from) hand(broadcast, lane)
    known.readers -= 1
  }

  function hand(broadcast: Broadcast, lane: Subscriber) {
    try {
      lane.deliver(broadcast)
      counters.delivered += 1
    } catch (error) {
      const { topic, event } = broadcast
      log.error({ topic, event, err: error }, 'a subscriber could not take a broadcast')
    }
  }

  /** Who leaves or comes while a broadcast goes through a topic does so in a copy: that broadcast is for those who were there. */
  function changeable(topic: string): Topic {
    const known = topics.get(topic) ?? topicOf(new Map(), [])
    const own = known.readers > 0 ? topicOf(new Map(known.lanes), [...known.again]) : known
    topics.set(topic, own)
    return own
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
      const { lanes, again } = changeable(topic)
      if (lanes.has(subscriber)) again.push({ subscriber, lane: via })
      else lanes.set(subscriber, via)
    },
    /** Removes every subscription of this subscriber to the topic (CH-80). */
    unsubscribe(topic: string, subscriber: Subscriber) {
      if (!topics.get(topic)?.lanes.has(subscriber)) return
      const own = changeable(topic)
      own.lanes.delete(subscriber)
      if (own.again.length > 0) own.again = own.again.filter((one) => one.subscriber !== subscriber)
      if (own.lanes.size === 0) topics.delete(topic)
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
      Object.fromEntries([...topics].map(([topic, { lanes, again }]) => [topic, lanes.size + again.length])),
    peers: () => adapter?.peers() ?? {},
    onPeerUp: (listener: (name: string) => void) => adapter?.onPeerUp(listener),
  }
}
