import { z } from 'zod'
import type { Log } from '../../../platform/log.ts'
import type { Broadcast, PubSub, Subscriber } from '../../../pubsub/index.ts'
import type { ActorRef, Runtime } from '../../../runtime/index.ts'

/** Only ids travel; every node takes the values from the database (ST-56). */
export interface ReplicationEvent {
  type: 'product_released' | 'item_sold'
  id: number
  hops: number
}

const topic = 'inventory_replication'
const payloadShape = z.object({ id: z.number().int(), hops: z.number().int().default(0) })
const isType = (event: string): event is ReplicationEvent['type'] =>
  event === 'product_released' || event === 'item_sold'

interface ReplicationOptions {
  pubsub: PubSub
  runtime: Runtime
  log: Log
  handle(event: ReplicationEvent): Promise<void>
  /** DF-56: this node tells nobody. */
  mute: boolean
  /** DF-59: this node tells itself too. */
  echo?: boolean
  /** DF-99: who is started again is entered nowhere. */
  deafAfterRestart?: boolean
}

/** Passes sales and releases to the other nodes and applies theirs (ST-53..55). */
export function createReplication({
  pubsub,
  runtime,
  log,
  handle,
  mute,
  echo = false,
  deafAfterRestart = false,
}: ReplicationOptions) {
  const counters = { replicationSent: 0, replicationHandled: 0 }
  let subscriber: Subscriber | undefined
  let startedBefore = false

  async function apply({ event, payload }: Broadcast) {
    const parsed = payloadShape.safeParse(payload)
    if (!isType(event) || !parsed.success) return log.warn({ event }, 'replication: a message that cannot be read')
    counters.replicationHandled += 1
    await handle({ type: event, ...parsed.data }).catch((error: Error) =>
      log.warn({ event, id: parsed.data.id, reason: error.message }, 'replication: could not apply an event'),
    )
  }

  return {
    counters,
    /** To every node but this one: the local subscriber is left out (ST-54). */
    replicate({ type, id, hops }: ReplicationEvent) {
      if (mute) return
      counters.replicationSent += 1
      pubsub.broadcast(topic, type, { id, hops }, subscriber && !echo ? { from: subscriber } : {})
    },
    start: (): Promise<ActorRef<Broadcast>> =>
      runtime.start<Broadcast>({
        name: 'Sneakers23.Replication.Server',
        role: 'replication',
        init(self) {
          subscriber = { deliver: (broadcast) => self.send(broadcast) }
          if (!deafAfterRestart || !startedBefore) pubsub.subscribe(topic, subscriber)
          startedBefore = true
        },
        handle: (broadcast) => apply(broadcast),
        terminate() {
          if (subscriber) pubsub.unsubscribe(topic, subscriber)
          subscriber = undefined
        },
      }),
  }
}
