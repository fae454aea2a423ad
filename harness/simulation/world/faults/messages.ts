import type { Broadcast, TamperRule } from '../../../../system/pubsub/index.ts'
import type { Cluster } from '../cluster.ts'
import { backWithinMs, type FaultFactory, probeWithinMs, said, within } from './fault.ts'

type Effect = TamperRule['effect']
const tamperDelayMs = 400

/** What a subscriber of the target sees of two numbered messages from another node. */
const shows: Record<Effect, (numbers: string, tookMs: number) => boolean> = {
  drop: (numbers) => numbers === '',
  delay: (numbers, tookMs) => numbers === '1,2' && tookMs >= 0.8 * tamperDelayMs,
  duplicate: (numbers) => numbers === '1,1,2,2',
  reorder: (numbers) => numbers === '2,1',
}

async function probeMessages(cluster: Cluster, target: string, topic: string) {
  const { pubsub } = cluster.node(target)
  const sender = cluster.nodes().find(({ name, machine }) => name !== target && !machine.isGone())!
  const startedMs = cluster.clock.monotonicMs()
  const arrivals: number[] = []
  let tookMs = 0
  const subscriber = {
    deliver({ payload }: Broadcast) {
      arrivals.push((payload as { n: number }).n)
      tookMs = cluster.clock.monotonicMs() - startedMs
    },
  }
  pubsub.subscribe(topic, subscriber)
  for (const n of [1, 2]) sender.pubsub.broadcast(topic, 'probe', { n })
  await cluster.clock.sleep(tamperDelayMs + probeWithinMs)
  pubsub.unsubscribe(topic, subscriber)
  return { numbers: arrivals.join(), tookMs }
}

/** Messages of other nodes are lost, late, doubled or overtaken on their way into one node (FI-8, FI-9). */
export const messageFault =
  (effect: Effect): FaultFactory =>
  (cluster, target, { topics }) => {
    const topic = `probe:${effect}`
    const rule: TamperRule = { effect, topics: [...(topics as string[]), topic], delayMs: tamperDelayMs }
    const look = async (fits: (numbers: string, tookMs: number) => boolean) => {
      const { numbers, tookMs } = await probeMessages(cluster, target, topic)
      return said(fits(numbers, tookMs), `of the messages 1,2 there came [${numbers}] after ${tookMs} ms`)
    }
    return {
      inject: () => cluster.node(target).adapter.tamper([rule]),
      witnessOn: () => look(shows[effect]),
      heal: () => cluster.node(target).adapter.tamper([]),
      witnessOff: () =>
        within(cluster, backWithinMs, () =>
          look((numbers, tookMs) => numbers === '1,2' && tookMs < 0.8 * tamperDelayMs),
        ),
    }
  }
