import { freshCart } from '../../apps/store/cart-topic.ts'
import { type Channels, openChannels } from '../../clients/channels.ts'
import { systemClock as clock } from '../../platform/clock.ts'
import { figureOf } from '../../stats/figures.ts'
import type { Bench } from '../bench.ts'
import { itemIds, withStore } from '../store.ts'

const samplesPerRound = 200
const seenWithinMs = 5_000
const nodes = 3

/** Adds or removes an item in one tab; returns how long it takes until the other tab receives the cart. */
async function timeToOtherTab(topic: string, acting: Channels, other: Channels, event: string, itemId: number) {
  const startedMs = clock.monotonicMs()
  const seen = new Promise<number>((resolve, reject) => {
    const cancel = clock.after(seenWithinMs, () => reject(new Error(`${event} was not seen in the other tab`)))
    other.onFrame(([, , , name]) => {
      if (name !== 'cart') return
      cancel()
      resolve(clock.monotonicMs() - startedMs)
    })
  })
  await acting.ask(topic, event, { item_id: String(itemId) })
  const answeredMs = clock.monotonicMs() - startedMs
  return { answeredMs, seenMs: await seen }
}

const percentile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!

/** The latency seen by a shopper with two tabs on two nodes. */
export const cart: Bench = {
  isWholeShop: true,
  summary: 'an item put into a cart, seen in another tab on another node',
  run: ({ rounds, say, goOn }) =>
    withStore(nodes, async ({ nodes: [here, there] }) => {
      const topic = freshCart()
      const acting = await openChannels(here!.port, '/product_socket')
      const other = await openChannels(there!.port, '/product_socket')
      for (const tab of [acting, other]) await tab.join(topic, { page: '/' })
      const seen: number[][] = []
      const answered: number[][] = []
      for (let round = -1; round < rounds; round += 1) {
        goOn()
        say(`round ${round + 1} of ${rounds}`)
        const times = []
        for (let n = 0; n < samplesPerRound; n += 1) {
          const itemId = itemIds[Math.floor(n / 2) % itemIds.length]!
          times.push(await timeToOtherTab(topic, acting, other, n % 2 === 0 ? 'add_item' : 'remove_item', itemId))
        }
        // The first round is a warm-up.
        if (round < 0) continue
        seen.push(times.map(({ seenMs }) => seenMs))
        answered.push(times.map(({ answeredMs }) => answeredMs))
      }
      for (const tab of [acting, other]) tab.close()
      const figure = (all: number[][], share: number) => figureOf(all.map((times) => percentile(times, share)))
      return {
        readings: [
          { what: 'answered, p50', unit: 'ms', ...figure(answered, 0.5) },
          { what: 'answered, p99', unit: 'ms', ...figure(answered, 0.99) },
          { what: 'seen in the other tab, p50', unit: 'ms', ...figure(seen, 0.5) },
        ],
        demands: [
          { what: 'seen in the other tab, p99', unit: 'ms', atMost: true, goal: 100, gate: 200, ...figure(seen, 0.99) },
        ],
      }
    }),
}
