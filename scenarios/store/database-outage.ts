import {
  joinedTopics,
  nodesAgreeWithDatabase,
  presenceMatchesReality,
  releasedEverywhere,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { enterBeside, listings, notDone, openShop, sees, succeeded, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

export default scenario({
  id: 'store/database-outage',
  title: 'the shop goes on without its database, and sells again afterwards',
  invariant:
    'A waiting shopper can reload while the database is down, a release is refused and announced to nobody, and works afterwards.',
  covers: ['AT-21', 'NF-5', 'FI-6', 'ST-15', 'ST-16', 'DF-66', 'DF-70'],
  tags: ['browser'],
  steps: [
    step('load the shop', async (context) => {
      await openShop(context, 'alice', 'n1')
      await enterBeside(context, 'n1')
    }),
    step('kill the database', async (context) => void (await context.nemesis.inject('db.kill', 'db'))),
    step('reload several times', async (context) => {
      for (let n = 0; n < 3; n += 1) await theTab(context, 'alice').reload()
    }),
    step(
      'try to release product 1',
      async (context) => void context.scratch.set('refused', await context.release('n1', 1)),
    ),
    step('start the database', (context) => context.nemesis.healEverything()),
    step('release product 1', async (context) => {
      await context.until('every node reaches the database', 10_000, async () => {
        const states = await Promise.all(context.cluster.nodes.map(({ control }) => control.ready()))
        return states.every(({ ready }) => ready)
      })
      succeeded(await context.release('n1', 1), 'release')
    }),
  ],
  expectations: [
    after(3, 'the reloaded page says coming soon', (context) =>
      sees(context, 'alice', listings({ 1: 'soon', 2: 'soon' })),
    ),
    after(4, 'the release was refused', async (context) => notDone(context.scratch.get('refused') as never, 'release')),
    after(4, 'nothing was announced', (context) => sees(context, 'alice', listings({ 1: 'soon', 2: 'soon' }))),
    after(6, 'product 1 has sizes', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
    // What a refused release announces may come to the page after it was looked at.
    after(6, 'nothing was announced before', async ({ recorder }) => {
      const told = recorder.events.filter(
        ({ who, event, joinRef }) => who === 'alice' && event === 'released' && joinRef === null,
      )
      if (told.length > 1) throw new Error(`alice was told ${told.length} times of one release`)
    }),
  ],
  checkers: [viewsMatchFreshRender, releasedEverywhere, nodesAgreeWithDatabase, joinedTopics, presenceMatchesReality],
})
