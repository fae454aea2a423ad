import { after, joinedTopics, scenario, step, viewsMatchFreshRender } from '../../harness/index.ts'
import { listings, openShop, sees, succeeded, theTab } from '../support.ts'

export default scenario({
  id: 'store/start-without-database',
  title: 'a node that starts without its database shows an error, and then recovers by itself',
  define:
    'A server that is restarted while the database is down serves an error and no wrong page, and serves the shop once the database is back.',
  covers: ['AT-22', 'DF-70', 'ST-21', 'NF-5', 'DF-69'],
  steps: [
    step('load the shop', async (cast) => void (await openShop(cast, 'alice', 'n1'))),
    step(
      'kill the database',
      async (cast) => void cast.notes.set('outage', await cast.nemesis.inject('db.kill', 'db')),
    ),
    step('restart the server', async (cast) => {
      const restart = await cast.nemesis.inject('node.stop', 'n1')
      cast.notes.set('restart', restart)
      await cast.cluster.node('n1').start()
    }),
    step('look at the page for a second', async (cast) => {
      const seen = new Set<number>()
      for (let n = 0; n < 10; n += 1) {
        seen.add((await fetch(`${cast.cluster.node('n1').directUrl}/`)).status)
        await cast.clock.sleep(100)
      }
      cast.notes.set('statuses', [...seen])
    }),
    step('start the database', async (cast) => {
      await (cast.notes.get('outage') as { heal(): Promise<void> }).heal()
      const { ready } = cast.cluster.node('n1')
      cast.notes.set(
        'recovered',
        await ready(8_000).then(
          () => true,
          () => false,
        ),
      )
    }),
    step('reload and release product 1', async (cast) => {
      await cast.nemesis.healEverything()
      await theTab(cast, 'alice').reload()
      succeeded(await cast.release('n1', 1), 'release')
    }),
  ],
  expectations: [
    after(4, 'every answer was an error', async (cast) => {
      const statuses = cast.notes.get('statuses') as number[]
      if (statuses.some((status) => status < 500)) throw new Error(`the page answered ${statuses.join(', ')}`)
    }),
    after(5, 'the server is well again', async (cast) => {
      if (cast.notes.get('recovered') !== true) throw new Error('the server does not serve the shop by itself')
    }),
    after(6, 'product 1 has sizes', (cast) => sees(cast, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
  ],
  laws: [viewsMatchFreshRender, joinedTopics],
})
