import { describe, expect, it } from 'vitest'
import { storeWorkload } from '../../../harness/apps/store/workload.ts'
import { faults } from '../../../harness/faults/index.ts'
import { createPlan, describeFaults, kinds, type Plan, planShape } from '../../../harness/plans/plan.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { scenarioOfPlan } from '../../../harness/runner/plan-scenario.ts'

const planOf = (seed: number) => createPlan(storeWorkload, seededRandom(seed), seed)
const plans = Array.from({ length: 400 }, (_, seed) => planOf(seed + 1))
const partsOf = ({ target }: Plan['faults'][number]) => ['n1', 'n2', 'n3', 'db'].filter((part) => target.includes(part))

describe('a random plan', () => {
  it('is the same for the same seed, and a value that can be written down', () => {
    expect(planOf(7)).toEqual(planOf(7))
    expect(planOf(7)).not.toEqual(planOf(8))
    expect(planShape.parse(JSON.parse(JSON.stringify(planOf(7))))).toEqual(planOf(7))
  })

  it('breaks nothing twice at once, and lets everybody come back before it breaks it again', () => {
    for (const { faults: planned } of plans)
      for (const [index, one] of planned.entries())
        for (const other of planned.slice(index + 1)) {
          const share = partsOf(one).some((part) => partsOf(other).includes(part))
          const isLater = other.fromRound > one.toRound + 1
          expect(!share || isLater, `${describeFaults({ ...planOf(1), faults: [one, other] })}`).toBe(true)
        }
  })

  it('has something to judge: a purchase and a message, and at least one fault in most', () => {
    for (const { rounds } of plans) {
      const actions = rounds.flat().map((action) => action.do)
      expect(actions).toContain('buy')
      expect(actions).toContain('publish')
    }
    expect(plans.filter(({ faults: planned }) => planned.length > 0).length).toBe(plans.length)
  })

  it('comes to every fault that it can', () => {
    const seen = new Set(plans.flatMap(({ faults: planned }) => planned.map(({ kind }) => kind)))
    expect([...seen].sort()).toEqual([...new Set(kinds.map(({ kind }) => kind))].sort())
  })

  it('begins with a fault that a search has not seen yet', () => {
    const wanted = ['db.read-only' as const, 'messages.drop' as const]
    for (let seed = 1; seed < 50; seed += 1)
      expect(wanted).toContain(createPlan(storeWorkload, seededRandom(seed), seed, wanted).faults[0]?.kind)
  })

  it('waits with a fault only for what its round is sure to pass, and with nothing else broken', () => {
    const waiting = plans.flatMap((plan) => plan.faults.flatMap((fault) => (fault.when ? [{ plan, fault }] : [])))
    expect(waiting.length).toBeGreaterThan(50)
    for (const { plan, fault } of waiting) {
      const { when, fromRound } = fault
      const actions = plan.rounds[fromRound]!
      if (when && 'between' in when) expect(actions).toContainEqual({ do: 'buy', who: 'ann' })
      else if (when?.after === 'op')
        expect(actions.filter((action) => action.do === when.name).length).toBeGreaterThanOrEqual(when.count)
      else expect(actions.some((action) => action.do === 'publish')).toBe(true)
      const others = plan.faults.filter((one) => one !== fault)
      expect(others.every((one) => one.fromRound > fromRound || one.toRound < fromRound)).toBe(true)
    }
  })

  it('leaves out only what it has a reason for', () => {
    const left = Object.entries(faults).filter(([name]) => !kinds.some(({ kind }) => kind === name))
    expect(left.map(([name]) => name)).toEqual([
      'client.suspend',
      'connections.shed',
      'deploy.blue-green',
      'deploy.rolling',
      'metrics.stop',
      'node.disconnect',
      'redis.kill',
      'redis.pause',
      'redis.slow',
      'scale.out',
    ])
    for (const [, { drawn }] of left) expect(drawn).toEqual({ never: expect.stringMatching(/\w+ \w+/) })
  })

  it('is refused when a fault has options that make no sense', () => {
    const [fault] = planOf(7).faults
    const parse = (own: object) => planShape.safeParse({ ...planOf(7), faults: [{ ...fault, ...own }] })
    expect(parse({}).success).toBe(true)
    expect(parse({ kind: 'node.kill', options: { gently: true } }).error?.message).toContain(
      'node.kill has no option gently; it takes no options',
    )
    expect(parse({ kind: 'node.kick' }).error?.message).toContain('is no fault')
  })
})

describe('the scenario of a plan', () => {
  it('has a step for each round', () => {
    const { steps, checkers } = scenarioOfPlan(planOf(3), 'explore/scenario-1')
    expect(steps.map(({ title }) => title)).toEqual([
      'shoppers, listeners and a dashboard',
      'round 1',
      'round 2',
      'round 3',
      'mend everything, and let everybody finish',
      'a message and a sale from every node, and a purchase',
    ])
    expect(checkers?.length).toBeGreaterThan(10)
  })
})
