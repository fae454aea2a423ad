import {
  after,
  joinedTopics,
  nodesAgreeWithDatabase,
  releasedEverywhere,
  scenario,
  step,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { listings, notDone, openShop, sees, succeeded, theTab } from '../support.ts'

export default scenario({
  id: 'store/database-outage',
  title: 'the shop goes on without its database, and sells again afterwards',
  define:
    'A waiting shopper can reload while the database is down, a release is refused and announced to nobody, and works afterwards.',
  covers: ['AT-21', 'NF-5', 'FI-6', 'ST-15', 'ST-16', 'DF-66', 'DF-70'],
  steps: [
    step('load the shop', async (cast) => void (await openShop(cast, 'alice', 'n1'))),
    step('kill the database', async (cast) => void (await cast.nemesis.inject('db.kill', 'db'))),
    step('reload several times', async (cast) => {
      for (let n = 0; n < 3; n += 1) await theTab(cast, 'alice').reload()
    }),
    step('try to release product 1', async (cast) => void cast.notes.set('refused', await cast.release('n1', 1))),
    step('start the database', (cast) => cast.nemesis.healEverything()),
    step('release product 1', async (cast) => {
      await cast.until('every node reaches the database', 10_000, async () => {
        const states = await Promise.all(cast.cluster.nodes.map(({ control }) => control.ready()))
        return states.every(({ ready }) => ready)
      })
      succeeded(await cast.release('n1', 1), 'release')
    }),
  ],
  expectations: [
    after(3, 'the reloaded page says coming soon', (cast) => sees(cast, 'alice', listings({ 1: 'soon', 2: 'soon' }))),
    after(4, 'the release was refused', async (cast) => notDone(cast.notes.get('refused') as never, 'release')),
    after(4, 'nothing was announced', (cast) => sees(cast, 'alice', listings({ 1: 'soon', 2: 'soon' }))),
    after(6, 'product 1 has sizes', (cast) => sees(cast, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
  ],
  laws: [viewsMatchFreshRender, releasedEverywhere, nodesAgreeWithDatabase, joinedTopics],
})
