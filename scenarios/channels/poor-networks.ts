import {
  atMostOnce,
  joinedTopics,
  presenceMatchesReality,
  type ScenarioContext,
  scenariosFor,
  viewsMatchFreshRender,
  withApp,
} from '../../harness/index.ts'
import { mustBeConnected, watchingStalls } from '../stalls.ts'
import { publishFrom, received } from '../support.ts'

const { scenario, step, after } = scenariosFor()

const people = ['dora', 'emil', 'fay'] as const
const times = 5

const heardBy = (context: ScenarioContext, who: string) => received(context, who, 'ledger').length

/** A page, a dashboard and a shopper on a node. */
async function enterOn(context: ScenarioContext<'store'>, node: string) {
  await (await context.shopper('eva')).open(node)
  await (await context.admin('boss')).open(node, '/admin')
  await context.wireShopper(`eli-${node}`, node, { page: '/' })
}

/** The links of one client and, with the shop, of those on a node. */
const ofAll = (context: ScenarioContext, link: string, node: string) =>
  [link, ...(withApp(context, 'store') ? ['eva', 'boss', 'shoppers'] : []).map((who) => `${who}->${node}`)].join(' ')

export default scenario({
  id: 'channels/poor-networks',
  title: 'narrow, lossy and mobile networks delay news and lose none',
  invariant:
    'Clients behind a narrow link, a link that loses packets, and a mobile network get every message once and in order, and keep their connections.',
  covers: ['FI-4', 'CH-9', 'AM-1', 'AM-3', 'AM-6'],
  tags: ['browser'],
  nightlyBecause:
    'every toxic takes its time; channels/poor-network and the clients of the background are in the acceptance suite',
  steps: [
    step('three clients listen', async (context) => {
      for (const name of people) await (await context.client(name, 'n1')).join('ping')
      const shop = withApp(context, 'store')
      if (shop) for (const node of ['n1', 'n2', 'n3']) await enterOn(shop, node)
    }),
    step('make the network of each of them poor in another way, and publish', async (context) => {
      await Promise.all([
        context.nemesis.inject('link.bandwidth', ofAll(context, 'dora->n1', 'n1'), { rateKiBps: 24 }),
        context.nemesis.inject('link.loss', ofAll(context, 'emil->n1', 'n2'), { lossPercent: 10, stallMs: 400 }),
        context.nemesis.inject('link.poor', ofAll(context, 'fay->n1', 'n3'), { network: 'mobile-3g' }),
      ])
      await watchingStalls(context, 'n1', () => publishFrom(context, ['n1', 'n2'], times))
    }),
  ],
  expectations: [
    after(2, 'everybody gets everything while the networks are poor', (context) =>
      context.until('all messages are there', 15_000, () => people.every((who) => heardBy(context, who) === 2 * times)),
    ),
    after(2, 'nobody was disconnected', async (context) => {
      mustBeConnected(
        context,
        () => true,
        (who) => `disconnected: ${who}`,
      )
    }),
  ],
  checkers: [atMostOnce, joinedTopics],
  alsoWith: { app: 'store', checkers: [presenceMatchesReality, viewsMatchFreshRender] },
})
