import { describe, expect, it } from 'vitest'
import { storeWorkload } from '../../../harness/apps/store/workload.ts'
import { minimized, shorter, smallest } from '../../../harness/plans/minimize.ts'
import { createPlan, type Plan, planShape } from '../../../harness/plans/plan.ts'
import { seededRandom } from '../../../harness/platform/random.ts'

/** Counts how often somebody had to look. */
function looking<T>(fails: (candidate: T) => boolean) {
  let looks = 0
  const trial = async (candidates: readonly T[]) => {
    looks += candidates.length
    return candidates.findIndex(fails)
  }
  return { trial, looks: () => looks }
}

const numbers = Array.from({ length: 16 }, (_, index) => index)

describe('delta debugging (FI-18)', () => {
  it.each([[[]], [[5]], [[3, 12]], [[0, 7, 15]], [numbers]])('finds exactly what is needed: %j', async (needed) => {
    const { trial } = looking<readonly number[]>((some) => needed.every((one) => some.includes(one)))
    expect(await minimized(numbers, trial)).toEqual(needed)
  })

  it('asks less often than there are subsets of two', async () => {
    const { trial, looks } = looking<readonly number[]>((some) => [3, 12].every((one) => some.includes(one)))
    await minimized(numbers, trial)
    expect(looks()).toBeLessThan(80)
  })

  it('keeps everything when nobody looks any more', async () => {
    expect(await minimized(numbers, async () => -1)).toEqual(numbers)
  })
})

describe('the smallest plan', () => {
  const plan = createPlan(storeWorkload, seededRandom(5), 5)
  const causes = (one: Plan) =>
    one.faults.some(({ kind }) => kind === plan.faults[0]!.kind) &&
    one.rounds.flat().some((action) => action.do === 'sell')

  it('has the cause, and nothing else', async () => {
    const least = await smallest(plan, looking(causes).trial)
    expect(least.faults.map(({ kind }) => kind)).toEqual([plan.faults[0]!.kind])
    expect(least.rounds.flat().map((action) => action.do)).toEqual(['sell'])
    expect(planShape.parse(least)).toEqual(least)
  })

  it('takes no longer than it needs', async () => {
    const { rounds, faults } = await smallest(plan, looking(causes).trial)
    expect(rounds.length).toBeLessThanOrEqual(2)
    for (const { fromRound, toRound } of faults) expect(toRound).toBe(fromRound)
  })

  it('is the plan itself when it never fails again', async () => {
    expect(await smallest(plan, async () => -1)).toEqual(plan)
  })
})

describe('a shorter plan', () => {
  const fault = { kind: 'node.kill' as const, target: 'n1', options: {}, fromRound: 1, toRound: 2 }
  const plan: Plan = {
    schemaVersion: 1,
    app: 'store',
    seed: 1,
    rounds: [[], [], [{ do: 'reloadDashboard' }]],
    faults: [fault],
  }

  it('leaves out a round in which nothing is done or begun, and moves what comes after it', () => {
    const [without] = shorter(plan)
    expect(without).toEqual({
      ...plan,
      rounds: [[], [{ do: 'reloadDashboard' }]],
      faults: [{ ...fault, fromRound: 0, toRound: 1 }],
    })
  })

  it('lets a fault end in the round in which it begins', () => {
    expect(shorter(plan)[1]!.faults).toEqual([{ ...fault, toRound: 1 }])
  })

  it('ends when there is nothing to leave out', () => {
    const least: Plan = { ...plan, rounds: [[]], faults: [{ ...fault, fromRound: 0, toRound: 0 }] }
    expect(shorter(least)).toEqual([])
  })
})
