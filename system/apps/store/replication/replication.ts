import { z } from 'zod'
import type { Log } from '../../../platform/log.ts'
import type { Broadcast, PubSub, Subscriber } from '../../../pubsub/index.ts'
import type { ActorRef, Runtime } from '../../../runtime/index.ts'

/** Only ids are sent; every node reads the values from the database (ST-56). */
export interface ReplicationEvent {
  type: 'product_released' | 'item_sold'
  id: number
}

const topic = 'inventory_replication'
const payloadShape = z.object({ id: z.number().int() })
const isType = (event: string): event is ReplicationEvent['type'] =>
  event === 'product_released' || event === 'item_sold'

interface ReplicationOptions {
  pubsub: PubSub
  runtime: Runtime
  log: Log
  handle(event: ReplicationEvent): Promise<void>
}

/** Sends this node's sales and releases to the other nodes and applies theirs (ST-53..55). */
export function createReplication({ pubsub, runtime, log, handle }: ReplicationOptions) {
  const counters = { replicationSent: 0, replicationHandled: 0 }
  let subscriber: Subscriber | undefined

  async function apply({ event, payload }: Broadcast) {
    const parsed = payloadShape.safeParse(payload)
    if (!isType(event) || !parsed.success) return log.warn({ event }, 'replication: dropped undecodable message')
    counters.replicationHandled += 1
    await handle({ type: event, ...parsed.data }).catch((error: Error) =>
      log.warn({ event, id: parsed.data.id, reason: error.message }, 'replication: could not apply an event'),
    )
  }

  return {
    counters,
    /** To every node but this one: the local subscriber is left out (ST-54). */
    replicate({ type, id }: ReplicationEvent) {
      counters.replicationSent += 1
      pubsub.broadcast(topic, type, { id }, subscriber ? { from: subscriber } : {})
    },
    start: (): Promise<ActorRef<Broadcast>> =>
      runtime.start<Broadcast>({
        name: 'Sneakers23.Replication.Server',
        role: 'replication',
        inspect: () => ({ subscribed: subscriber !== undefined, ...counters }),
        init(self) {
          subscriber = { deliver: (broadcast) => self.send(broadcast) }
          pubsub.subscribe(topic, subscriber)
        },
        handle: (broadcast) => apply(broadcast),
        terminate() {
          if (subscriber) pubsub.unsubscribe(topic, subscriber)
          subscriber = undefined
        },
      }),
  }
}
