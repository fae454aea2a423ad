import { describe, expect, it } from 'vitest'
import { createReplication, type ReplicationEvent } from '../../../../../system/apps/store/replication/replication.ts'
import { systemClock } from '../../../../../system/platform/clock.ts'
import { silentLog } from '../../../../../system/platform/log.ts'
import { createPubSub } from '../../../../../system/pubsub/index.ts'
import { createRuntime } from '../../../../../system/runtime/index.ts'

const topic = 'inventory_replication'

async function node(options: { failing?: boolean } = {}) {
  const pubsub = createPubSub({ nodeName: 'n1', log: silentLog })
  const runtime = createRuntime({ clock: systemClock, log: silentLog })
  const handled: ReplicationEvent[] = []
  const sent: { event: string; payload: unknown }[] = []
  const replication = createReplication({
    pubsub,
    runtime,
    log: silentLog,
    async handle(event) {
      if (options.failing) throw new Error('no database')
      handled.push(event)
    },
  })
  const actor = await replication.start()
  pubsub.subscribe(topic, { deliver: ({ event, payload }) => sent.push({ event, payload }) })
  return { pubsub, replication, actor, handled, sent }
}

describe('replication', () => {
  it('sends the id and no value, to everybody but itself (ST-53, ST-54, ST-56)', async () => {
    const { replication, handled, sent } = await node()
    replication.replicate({ type: 'item_sold', id: 7 })
    expect(sent).toEqual([{ event: 'item_sold', payload: { id: 7 } }])
    expect(handled).toEqual([])
    expect(replication.counters).toEqual({ replicationSent: 1, replicationHandled: 0 })
  })

  it('hands what the others send to the store (ST-53, ST-55)', async () => {
    const { pubsub, handled } = await node()
    pubsub.broadcast(topic, 'product_released', { id: 2 })
    expect(handled).toEqual([{ type: 'product_released', id: 2 }])
  })

  it('survives an event that cannot be applied and one that cannot be read', async () => {
    const { pubsub, actor } = await node({ failing: true })
    pubsub.broadcast(topic, 'item_sold', { id: 1 })
    pubsub.broadcast(topic, 'item_sold', { id: 'one' })
    pubsub.broadcast(topic, 'nonsense', {})
    await expect.poll(() => actor.handled, { timeout: 1_000 }).toBe(3)
    expect(actor.alive).toBe(true)
  })

  it('stops listening when killed, so that its successor hears everything once (AT-23)', async () => {
    const { pubsub, replication, actor, handled } = await node()
    actor.kill()
    await replication.start()
    pubsub.broadcast(topic, 'item_sold', { id: 1 })
    expect(handled).toHaveLength(1)
  })
})
