import { describe, expect, it } from 'vitest'
import { storeWorkload } from '../../../harness/apps/store/workload.ts'
import { amplified } from '../../../harness/plans/amplify.ts'
import { createPlan, type Plan, planShape } from '../../../harness/plans/plan.ts'
import { seededRandom } from '../../../harness/platform/random.ts'

const whole = createPlan(storeWorkload, seededRandom(3), 3)
const small: Plan = { ...whole, faults: [], rounds: [[], [{ do: 'click', tab: 0, itemId: 9 }]] }
const countOf = ({ rounds }: Plan, what: string) => rounds.flat().filter((action) => action.do === what).length
const madeSurer = (rate: (plan: Plan) => number, goesOn = () => true) =>
  amplified(small, { source: storeWorkload, rateOf: async (plan) => rate(plan), random: seededRandom(1), goesOn })

describe('a plan that fails only at times (FI-18)', () => {
  it('gets the one action that makes it fail each time, where something is done already', async () => {
    const plan = await madeSurer((one) => (countOf(one, 'publish') > 0 ? 1 : 0.5))
    expect(plan.rounds).toEqual([[], [small.rounds[1]![0], expect.objectContaining({ do: 'publish' })]])
    expect(planShape.safeParse(plan).success).toBe(true)
  })

  it('gets several where each helps, but not many', async () => {
    const plan = await madeSurer((one) => countOf(one, 'sell') / 10)
    expect([countOf(plan, 'sell'), plan.rounds.flat().length]).toEqual([3, 4])
  })

  it('stays as it is when nothing helps, when it fails each time, and when there is no time', async () => {
    expect(await madeSurer(() => 0.5)).toBe(small)
    expect(await madeSurer(() => 1)).toBe(small)
    expect(
      await madeSurer(
        (one) => countOf(one, 'publish'),
        () => false,
      ),
    ).toBe(small)
  })

  it('is left to those whom every scenario has', async () => {
    const seen: Plan[] = []
    await madeSurer((one) => {
      seen.push(one)
      return 0.5
    })
    expect(seen.length).toBeGreaterThan(20)
    expect(
      seen
        .flatMap(({ rounds }) => rounds.flat())
        .filter((action) => 'who' in action && String(action.who).startsWith('guest')),
    ).toEqual([])
  })
})
