import { scenariosFor } from '../../harness/index.ts'
import { refusedWrites } from '../refused-writes.ts'
import { mustBe, soldUnits } from '../support.ts'

const { scenario, step } = scenariosFor('store')

export default scenario({
  id: 'store/database-full',
  title: 'somebody else has taken all connections of the database',
  invariant:
    'Pages and carts go on; a release and a purchase are refused and change nothing; both work when there are connections again, without a restart.',
  covers: ['FI-6', 'NF-5', 'ST-15', 'ST-16', 'CT-55', 'DF-66', 'DF-70'],
  tags: ['browser'],
  nightlyBecause:
    'databases that are gone, paused and slow are in the acceptance suite, and the writes fail in the same place',
  given: refusedWrites.given,
  steps: [
    refusedWrites.haveCarts,
    step('take all connections', async (context) => void (await context.nemesis.inject('db.out-of-connections', 'db'))),
    refusedWrites.tryAll,
    step('give them back: release and buy', async (context) => {
      await context.nemesis.healEverything()
      mustBe(await soldUnits(context, 1, 2), [0, 0], 'sold until now')
      await context.until(
        'n1 reaches the database',
        10_000,
        async () => (await context.cluster.node('n1').control.ready()).ready,
      )
      await refusedWrites.tryAgain(context)
    }),
  ],
  expectations: refusedWrites.expectations,
  checkers: refusedWrites.checkers,
})
