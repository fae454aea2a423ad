import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeWorkload } from '../../../harness/apps/store/workload.ts'
import type { PlanRun, PlanRunner } from '../../../harness/explore/plan-runner.ts'
import { describeViolation, reproduceAndShrink } from '../../../harness/explore/reproduce-and-shrink.ts'
import { search } from '../../../harness/explore/search.ts'
import { createPlan, kinds, type Plan } from '../../../harness/plans/plan.ts'
import { systemClock } from '../../../harness/platform/clock.ts'
import type { Io } from '../../../harness/platform/io.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import type { ScenarioResult } from '../../../harness/verdict/result.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const io = (monotonicMs = systemClock.monotonicMs) =>
  ({ err: () => {}, interruption: { by: () => undefined }, clock: { ...systemClock, monotonicMs } }) as unknown as Io

/** Tells nothing: what a plan would come to is decided by a look at it. */
function pretending(checkerViolatedBy: (plan: Plan, nth: number) => string | undefined) {
  let events = 0
  const resultOf = (plan: Plan) => {
    events += 1
    const checker = checkerViolatedBy(plan, events)
    return {
      outcome: checker ? 'violated' : 'passed',
      checks: checker ? [{ name: checker, outcome: 'violated', why: 'so it was', evidence: {} }] : [],
      faults: plan.faults.map(({ kind }) => ({ kind, witnessedOnMs: 1 })),
    } as unknown as ScenarioResult
  }
  const run = async (plans: readonly Plan[]): Promise<PlanRun[]> =>
    plans.map((plan) => ({ plan, result: resultOf(plan), folder }))
  return {
    planRunner: {
      jobs: 4,
      run,
      inSimulation: async () => undefined as Plan | undefined,
      amplify: async () => undefined as Plan | undefined,
      scout: async () => [] as Plan[],
    } satisfies PlanRunner,
    events: () => events,
  }
}

const plan = createPlan(storeWorkload, seededRandom(5), 5)
const isNeeded = (one: Plan) => one.rounds.flat().some((action) => action.do === 'sell')
const firstOf = async ({ run }: PlanRunner) => (await run([plan]))[0]!

describe('what becomes of a violation (FI-18)', () => {
  it('is run again, made small, run again and written down', async () => {
    const { planRunner } = pretending((one) => (isNeeded(one) ? 'never-oversold' : undefined))
    const pursued = await reproduceAndShrink(await firstOf(planRunner), planRunner, io(), 60_000)
    expect(pursued).toMatchObject({ again: { times: 6, of: 6 }, replayed: { times: 6, of: 6 } })
    expect([pursued.smallest.faults, pursued.smallest.rounds.flat()]).toEqual([
      [],
      [expect.objectContaining({ do: 'sell' })],
    ])
    expect(JSON.parse(readFileSync(pursued.file, 'utf8'))).toEqual(pursued.smallest)
    expect(describeViolation(pursued, './squall').at(-1)).toBe(`Reproduce: ./squall replay ${pursued.file}`)
  })

  it('is not made smaller by another violation', async () => {
    const { planRunner } = pretending((one) =>
      isNeeded(one) && one.faults.length > 0 ? 'never-oversold' : 'at-most-once',
    )
    const { smallest } = await reproduceAndShrink(await firstOf(planRunner), planRunner, io(), 60_000)
    expect([smallest.faults.length > 0, isNeeded(smallest)]).toEqual([true, true])
  })

  it('stays as it is when it does not come again', async () => {
    const { planRunner, events } = pretending((_, nth) => (nth === 1 ? 'never-oversold' : undefined))
    const pursued = await reproduceAndShrink(await firstOf(planRunner), planRunner, io(), 60_000)
    expect(pursued).toMatchObject({ again: { times: 0, of: 6 }, replayed: { times: 0, of: 6 }, smallest: plan })
    expect(events()).toBe(7)
  })

  it('is tried in a simulation first, and what fails there counts when it fails live too', async () => {
    const tiny = { ...plan, faults: [], rounds: [[{ do: 'sell' as const, node: 'n1', itemId: 3 }]] }
    const nothing = { ...tiny, rounds: [[]] }
    const { planRunner, events } = pretending((one) => (isNeeded(one) ? 'never-oversold' : undefined))
    const simulated = async (guess: Plan) => {
      const before = events()
      const { smallest } = await reproduceAndShrink(
        await firstOf(planRunner),
        { ...planRunner, inSimulation: async () => guess },
        io(),
        60_000,
      )
      return { faults: smallest.faults, actions: smallest.rounds.flat(), scenarios: events() - before }
    }
    const [right, wrong] = [await simulated(tiny), await simulated(nothing)]
    expect([right.faults, right.actions]).toEqual([[], tiny.rounds.flat()])
    expect(wrong.actions).toEqual([expect.objectContaining({ do: 'sell' })])
    expect(right.scenarios).toBeLessThan(wrong.scenarios)
  })

  it('is not made so small that it fails less often', async () => {
    const countOf = (one: Plan) => one.rounds.flat().length
    const { planRunner } = pretending((one, nth) =>
      isNeeded(one) && (countOf(one) > 2 || nth % 2 === 0) ? 'never-oversold' : undefined,
    )
    const { smallest, replayed } = await reproduceAndShrink(await firstOf(planRunner), planRunner, io(), 60_000)
    expect([replayed.times, countOf(smallest) > 2, countOf(smallest) < countOf(plan)]).toEqual([6, true, true])
  })

  it('is amplified where it fails only at times, when the amplified plan fails more often on a cluster too', async () => {
    const publish = { do: 'publish' as const, node: 'n1' }
    const amplify = async (one: Plan) => ({ ...one, rounds: [[...one.rounds.flat(), publish]] })
    const becomesOf = async (isSure: (one: Plan) => boolean) => {
      const bare = { ...plan, faults: [], rounds: [[{ do: 'sell' as const, node: 'n1', itemId: 3 }]] }
      const { planRunner } = pretending((one, nth) =>
        isNeeded(one) && (isSure(one) || nth % 2 === 1) ? 'never-oversold' : undefined,
      )
      const first = (await planRunner.run([bare]))[0]!
      return reproduceAndShrink(first, { ...planRunner, amplify }, io(), 60_000)
    }
    const better = await becomesOf((one) => one.rounds.flat().includes(publish))
    expect([better.smallest.rounds.flat().length, better.replayed.times]).toEqual([2, 6])
    const same = await becomesOf(() => false)
    expect([same.smallest.rounds.flat().length, same.replayed.times]).toEqual([1, 3])
  })

  it('is not pursued for longer than there is time', async () => {
    let nowMs = 0
    const { planRunner } = pretending(() => 'never-oversold')
    const pursued = await reproduceAndShrink(
      await firstOf(planRunner),
      planRunner,
      io(() => (nowMs += 1_000)),
      0,
    )
    expect(pursued.smallest).toEqual(plan)
  })
})

describe('a search (FI-18)', () => {
  it('ends at a violation, and counts what it saw', async () => {
    const { planRunner } = pretending((_, nth) => (nth > 20 ? 'never-oversold' : undefined))
    const { violated, scenarios, distinct, unknown } = await search(1, 60_000, planRunner, io())
    expect([violated?.result.outcome, scenarios, distinct, unknown]).toEqual(['violated', 24, 24, 0])
  })

  it('comes to every kind of fault in few scenarios, as it wants those that it has not seen', async () => {
    const { planRunner } = pretending((_, nth) => (nth > 60 ? 'never-oversold' : undefined))
    const { faultKinds, neverWitnessed } = await search(1, 60_000, planRunner, io())
    expect([faultKinds, neverWitnessed]).toEqual([[...new Set(kinds.map(({ kind }) => kind))].sort(), []])
  })

  it('begins with what a simulation found, which counts only when it fails live', async () => {
    const { planRunner } = pretending((one, nth) => (one === plan || nth > 8 ? 'never-oversold' : undefined))
    const elsewhere = { ...plan, seed: 6 }
    const found = await search(1, 60_000, { ...planRunner, scout: async () => [plan, elsewhere] }, io())
    const live = await search(1, 60_000, { ...planRunner, scout: async () => [elsewhere] }, io())
    // Those in parallel to it come to their ends.
    expect([found.violated?.plan, found.scenarios]).toEqual([plan, planRunner.jobs])
    expect([live.violated?.plan === elsewhere, live.scenarios]).toEqual([false, 8])
  })

  it('fails when a run does, after those in parallel to it have ended', async () => {
    const { planRunner } = pretending(() => undefined)
    let [begun, ended] = [0, 0]
    const run = async (plans: readonly Plan[]) => {
      begun += 1
      if (begun === 1) throw new Error('the disk is full')
      await systemClock.sleep(10)
      ended += 1
      return planRunner.run(plans)
    }
    await expect(search(1, 60_000, { ...planRunner, run }, io())).rejects.toThrow('the disk is full')
    expect([begun, ended]).toEqual([planRunner.jobs, planRunner.jobs - 1])
  })

  it('ends when the time is over', async () => {
    let nowMs = 0
    const { planRunner } = pretending(() => undefined)
    const { violated, scenarios } = await search(
      1,
      2_500,
      planRunner,
      io(() => (nowMs += 1_000)),
    )
    expect([violated, scenarios]).toEqual([undefined, 2])
  })
})
