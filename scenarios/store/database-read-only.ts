import { after, scenario, step } from '../../harness/index.ts'
import { refusedWrites } from '../refused-writes.ts'
import { mustBe, soldUnits } from '../support.ts'

export default scenario({
  id: 'store/database-read-only',
  title: 'the database reads but does not write',
  define:
    'Pages and carts go on; a release is refused and announced to nobody, a purchase sells nothing; both work when the database writes again.',
  covers: ['FI-6', 'NF-5', 'ST-11', 'ST-16', 'CT-55', 'CT-59'],
  given: refusedWrites.given,
  steps: [
    refusedWrites.haveCarts,
    step('the database stops writing', async (cast) => void (await cast.nemesis.inject('db.read-only', 'db'))),
    refusedWrites.tryAll,
    step('it writes again: release and buy', async (cast) => {
      await cast.nemesis.healEverything()
      await refusedWrites.tryAgain(cast)
    }),
  ],
  expectations: [
    ...refusedWrites.expectations,
    after(3, 'nobody can say that it was bought, and nothing was sold', async (cast) => {
      mustBe(cast.notes.get('bought'), 'unsure', 'the purchase')
      mustBe(await soldUnits(cast, 1, 2), [0, 0], 'sold')
    }),
  ],
  laws: refusedWrites.laws,
})
