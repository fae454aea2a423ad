import { describeValue, joinedTopics, scenariosFor, viewsMatchFreshRender } from '../../harness/index.ts'
import { mustBeConnected, watchingStalls } from '../stalls.ts'
import { listings, openShop, sees, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const isAlice = (who: string) => who === 'alice'

export default scenario({
  id: 'channels/channel-killed',
  title: 'a crash of one channel stays in that channel',
  invariant:
    'The channel of one product is killed under a shopper; the page keeps its connection and its other channel, joins again by itself, and hears the next release.',
  covers: ['CH-108', 'DF-4', 'DF-9', 'DF-10', 'FI-1', 'NF-1', 'NF-24', 'ST-47'],
  tags: ['browser'],
  steps: [
    step('load the shop', async (context) => void (await openShop(context, 'alice', 'n1'))),
    step('kill the channel of product 1', async (context) =>
      watchingStalls(context, 'n1', async () => {
        await using _kill = await context.nemesis.inject('actor.kill', 'n1/ProductChannel:product:1')
      }),
    ),
    step('release both products on another node', async (context) => {
      for (const id of [1, 2]) succeeded(await context.release('n2', id), 'release')
    }),
  ],
  expectations: [
    after(2, 'the page was told, and of nothing else', async (context) => {
      mustBeConnected(context, isAlice, (who, times) => `${who} was disconnected ${times} times`)
      const left = context.recorder.events.filter(({ type, who }) => type === 'leave' && who === 'alice')
      if (left.length !== 1 || left[0]?.topic !== 'product:1')
        throw new Error(`alice left ${describeValue(left.map(({ topic }) => topic))}`)
    }),
    after(3, 'both products have sizes', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'sizes' }))),
  ],
  checkers: [viewsMatchFreshRender, joinedTopics],
})
