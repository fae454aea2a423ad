import { scenariosFor } from '../../harness/index.ts'
import { refusedWrites } from '../refused-writes.ts'
import { mustBe, soldUnits } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

export default scenario({
  id: 'store/database-read-only',
  title: 'the database reads but does not write',
  invariant:
    'Pages and carts go on; a release is refused and announced to nobody, a purchase sells nothing; both work when the database writes again.',
  covers: ['FI-6', 'NF-5', 'ST-11', 'ST-16', 'CT-55', 'CT-59'],
  tags: ['browser'],
  nightlyBecause:
    'databases that are gone, paused and slow are in the acceptance suite, and the writes fail in the same place',
  given: refusedWrites.given,
  steps: [
    refusedWrites.haveCarts,
    step('the database stops writing', async (context) => void (await context.nemesis.inject('db.read-only', 'db'))),
    refusedWrites.tryAll,
    step('it writes again: release and buy', async (context) => {
      await context.nemesis.healEverything()
      await refusedWrites.tryAgain(context)
    }),
  ],
  expectations: [
    ...refusedWrites.expectations,
    after(3, 'nobody can say that it was bought, and nothing was sold', async (context) => {
      mustBe(context.scratch.get('bought'), 'unsure', 'the purchase')
      mustBe(await soldUnits(context, 1, 2), [0, 0], 'sold')
    }),
  ],
  checkers: refusedWrites.checkers,
})
