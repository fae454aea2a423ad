import { afterAll, describe, expect, it } from 'vitest'
import { storeWorkload } from '../../../harness/apps/store/workload.ts'
import { unpatched } from '../../../harness/cluster/system-patch.ts'
import { createPlan, kinds, type Plan } from '../../../harness/plans/plan.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { patchFor } from '../../../harness/selftest/defects.ts'
import { amplifyInSimulation, plansOf, runCampaign, scout, shrink } from '../../../harness/simulation/campaign.ts'
import { judgeSimulated } from '../../../harness/simulation/judge.ts'
import { type Simulator, startSimulator } from '../../../harness/simulation/simulator.ts'
import { violatedCheckers } from '../../../harness/verdict/result.ts'

const root = process.cwd()
const patchWith = (...defects: string[]) => patchFor(defects, { root, cwd: root })
const started: Simulator[] = []
const start = async (...defects: string[]) => {
  const simulator = startSimulator({ patch: await patchWith(...defects) })
  started.push(simulator)
  return simulator
}
afterAll(() => Promise.all(started.map((one) => one.stop())))

const tell = (simulator: Simulator, seed: number, histories: number) =>
  runCampaign({ simulator, plans: plansOf(seed), goesOn: (events) => events < histories })

describe('a campaign of simulated histories', () => {
  it('is the same for the same seed, bit by bit, in whatever process and after whatever else', async () => {
    const [first, second] = [await start(), await start()]
    const events = await tell(first, 11, 12)
    await tell(second, 12, 3)
    const again = [await tell(first, 11, 12), await tell(second, 11, 12), await tell(await start(), 11, 12)]
    expect(again.map(({ hash }) => hash)).toEqual([events.hash, events.hash, events.hash])
    expect((await tell(first, 12, 12)).hash).not.toBe(events.hash)
  })

  it('breaks no invariant without a defect, sees its faults, and mostly proves something (NF-3, NF-4, AM-1, AM-3..6)', async () => {
    const { histories, violated, unknown } = await tell(await start(), 3, 60)
    expect([histories, violated]).toEqual([60, 0])
    expect(unknown).toBeLessThan(20)
  })

  it('knows most faults that can come at random, and says which it leaves out', async () => {
    const { skipped } = await tell(await start(), 5, 80)
    const known = new Set(kinds.map(({ kind }) => kind))
    for (const what of Object.keys(skipped)) known.delete(what as never)
    // A message takes no time to write here, handlers cannot be made slow, and faults begin with their rounds.
    const left = ['handler.slow', 'link.bandwidth', 'link.loss', 'link.poor', 'when']
    expect(Object.keys(skipped).sort()).toEqual(left)
    expect(known.size).toBeGreaterThan(18)
  })
})

describe('a history without an end', () => {
  it('is violated with the node that goes on, and others follow it', async () => {
    const simulator = await start('test/fixtures/endless/own-update-answered.diff')
    const { firsts, histories } = await tell(simulator, 7, 2)
    expect(histories).toBe(2)
    const found = firsts.get('simulation-ends')?.checks.find(({ name }) => name === 'simulation-ends')
    expect(found?.why).toMatch(/^livelock: parts of n\d answer each other without a pause/)
  }, 120_000)
})

/** Enough for every defect below; most show in the first. */
const historiesMax = 120

async function firstBreach(defect: string, checker: string) {
  let found: string | undefined
  await runCampaign({
    simulator: await start(defect),
    plans: plansOf(1),
    goesOn: (events) => found === undefined && events < historiesMax,
    onJudged({ checks }) {
      found ??= checks.find(({ name, outcome }) => name === checker && outcome === 'violated')?.why
    },
  })
  return found
}

describe('defects are seen (FI-18)', () => {
  it.each([
    ['DF-8', 'at-most-once', /^duplicate: /],
    ['DF-15', 'own-topics-only', /^irrelevant: /],
    ['DF-16', 'at-most-once', /^lost-unexplained: /],
    ['DF-31', 'no-presence-to-shoppers', /^leak: /],
    ['DF-56', 'nodes-agree-with-database', /^drift: /],
    ['DF-57', 'nodes-agree-with-database', /^drift: /],
    ['DF-67', 'orders-charged-once', /^wrong order: /],
    ['DF-68', 'never-oversold', /^(oversold|not conserved): /],
    ['DF-85', 'cart-never-lost', /^lost: /],
    ['DF-92', 'presence-matches-reality', /^(dashboard|node) /],
    ['DF-93', 'presence-join-delivered-once', /^told twice: /],
    ['DF-144', 'at-most-once', /^duplicate: /],
  ])('%s by %s', async (defect, checker, finding) => {
    expect(await firstBreach(defect, checker)).toMatch(finding)
  })
})

it('makes the plan of a failure small, and what is left still fails alone', async () => {
  const simulator = await start('DF-8')
  const { firsts } = await tell(simulator, 1, 1)
  const least = await shrink(simulator, ['at-most-once'], firsts.get('at-most-once')!.plan)
  expect(least.plan.faults).toEqual([])
  expect(violatedCheckers(judgeSimulated(await (await start('DF-8')).run(least.plan)))).toContain('at-most-once')
})

describe('a scout', () => {
  it('brings what violated an invariant, as small as it gets and as it was', async () => {
    const plans = await scout(1, await patchWith('DF-82'), (events) => events < 60)
    expect(plans[0]!.faults.length).toBeLessThanOrEqual(1)
    expect(plans[1]!.rounds.flat().length).toBeGreaterThan(plans[0]!.rounds.flat().length)
    const simulator = await start('DF-82')
    for (const plan of plans) expect(violatedCheckers(judgeSimulated(await simulator.run(plan)))).not.toEqual([])
  })

  it('brings nothing where nothing is broken', async () => {
    expect(await scout(1, unpatched, (events) => events < 30)).toEqual([])
  })
})

describe('a failure that hangs by a race', () => {
  const alwaysGoesOn = () => true
  const partition = { kind: 'link.partition', target: 'n2|n1,n3', options: {}, fromRound: 0, toRound: 0 } as const
  const race: Plan = {
    schemaVersion: 1,
    app: 'store',
    seed: 4,
    rounds: [[{ do: 'click', tab: 0, itemId: 9 }]],
    faults: [partition],
  }

  it('is amplified: more take part in the race', async () => {
    const simulator = await start('DF-82')
    const failsOf20 = async (plan: Plan) => {
      const events = await Promise.all(Array.from({ length: 20 }, (_, n) => simulator.run({ ...plan, seed: 100 + n })))
      return events.filter((one) => violatedCheckers(judgeSimulated(one)).includes('cart-never-lost')).length
    }
    const plan = (await amplifyInSimulation(race, ['cart-never-lost'], await patchWith('DF-82'), alwaysGoesOn))!
    expect(plan.faults).toEqual(race.faults)
    expect(await failsOf20(race)).toBeLessThan(18)
    expect(await failsOf20(plan)).toBeGreaterThan(18)
  })

  it('is left alone where no simulation shows it', async () => {
    expect(await amplifyInSimulation(race, ['cart-never-lost'], unpatched, alwaysGoesOn)).toBeUndefined()
  })
})

it('says why the simulation ended when it did', async () => {
  const broken = { ...createPlan(storeWorkload, seededRandom(1), 1), rounds: 'none' } as never
  await expect((await start()).run(broken)).rejects.toThrow(/the simulation ended with 64: expected a simulation/)
})
