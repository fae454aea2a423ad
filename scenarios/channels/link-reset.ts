import {
  atMostOnce,
  joinedTopics,
  presenceMatchesReality,
  recoveryTime,
  scenariosFor,
  viewsMatchFreshRender,
  withApp,
} from '../../harness/index.ts'
import { mustBeConnected, watchingStalls } from '../stalls.ts'
import { enterAllKinds, listenEverywhere, publishFrom } from '../support.ts'

const { scenario, step, after } = scenariosFor()

const reset = ['listener-n1', 'eva', 'boss', 'eli']

export default scenario({
  id: 'channels/link-reset',
  title: 'a reset connection is made anew, its topics too',
  invariant:
    'The connection of one client is reset; the client comes back by itself and is joined as before; nobody else notices.',
  covers: ['NF-2', 'FI-3', 'CH-61', 'CH-63', 'CH-106', 'CH-108', 'AM-1', 'AM-5', 'DF-8', 'RT-11', 'DF-104'],
  tags: ['browser'],
  steps: [
    step('a client listens on every node', async (context) => {
      await listenEverywhere(context)
      const shop = withApp(context, 'store')
      if (shop) await enterAllKinds(shop, 'n1')
      await publishFrom(context, ['n1', 'n2'], 3)
    }),
    step('reset the connection of one of them', async (context) => {
      const ofShop = withApp(context, 'store') ? ' eva->n1 boss->n1 shoppers->n1' : ''
      await watchingStalls(context, 'n2', async () => {
        await using _reset = await context.nemesis.inject('link.reset', `listener-n1->n1${ofShop}`)
        await publishFrom(context, ['n2'], 3)
      })
    }),
    step('publish when it is back', async (context) => {
      const client = await context.client('listener-n1', 'n1')
      await context.until('the client is joined again', 10_000, () => client.joins().joined.length === 1)
      await publishFrom(context, ['n1', 'n2'], 3)
    }),
  ],
  expectations: [
    after(3, 'nobody else lost the connection', async (context) => {
      mustBeConnected(
        context,
        (one) => !reset.includes(one),
        (who) => `${who} was disconnected too`,
      )
    }),
  ],
  checkers: [atMostOnce, recoveryTime(10_000), joinedTopics],
  alsoWith: { app: 'store', checkers: [presenceMatchesReality, viewsMatchFreshRender] },
})
