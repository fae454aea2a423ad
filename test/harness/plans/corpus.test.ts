import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeWorkload } from '../../../harness/apps/store/workload.ts'
import { readPlan } from '../../../harness/plans/corpus.ts'
import { describePlan } from '../../../harness/plans/describe-plan.ts'
import { createPlan, type Plan } from '../../../harness/plans/plan.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { corpusScenarios } from '../../../harness/runner/plan-scenario.ts'

const plan = createPlan(storeWorkload, seededRandom(9), 9)
const entry = { schemaVersion: 1, title: 'a ghost in the shop', covers: ['PA-28'], plan }

let root = ''
const put = (name: string, value: unknown) =>
  writeFileSync(join(root, 'scenarios', 'corpus', name), typeof value === 'string' ? value : JSON.stringify(value))
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'squall-test-'))
  mkdirSync(join(root, 'scenarios', 'corpus'), { recursive: true })
})
afterAll(() => rmSync(root, { recursive: true }))

describe('the corpus (FI-18)', () => {
  it('is there without being filled', () => expect(corpusScenarios(join(root, 'elsewhere'))).toEqual([]))

  it('makes a scenario of each file, with its plan, its title and what it covers', () => {
    put('ghost.json', entry)
    const [example] = corpusScenarios(root)
    expect(example).toMatchObject({ id: 'corpus/ghost', title: entry.title, covers: entry.covers, plan })
  })

  it('gives back the plan of a file, and a plan that stands alone', () => {
    put('ghost.json', entry)
    put('alone.plan', plan)
    expect(readPlan(join(root, 'scenarios', 'corpus', 'ghost.json'), [storeWorkload])).toEqual(plan)
    expect(readPlan(join(root, 'scenarios', 'corpus', 'alone.plan'), [storeWorkload])).toEqual(plan)
  })

  it.each([
    ['not even JSON', '{'],
    ['no title', { ...entry, title: '' }],
    ['an application that nobody knows', { ...entry, plan: { ...plan, app: 'tea' } }],
    ['an action that is none', { ...entry, plan: { ...plan, rounds: [[{ do: 'fly' }]] } }],
    ['a fault that is none', { ...entry, plan: { ...plan, faults: [{ ...plan.faults[0], kind: 'tea' }] } }],
    [
      'a fault after the last round',
      {
        ...entry,
        plan: {
          ...plan,
          rounds: [[]],
          faults: [{ kind: 'db.kill', target: 'db', options: {}, fromRound: 0, toRound: 1 }],
        },
      },
    ],
  ])('names a file with %s', (_, wrong) => {
    put('ghost.json', wrong)
    expect(() => corpusScenarios(root)).toThrow(/ghost\.json is no plan of a scenario: .+/)
    put('ghost.json', entry)
  })
})

describe('a plan in words', () => {
  it('says in each round what begins, what is done and what ends', () => {
    const plan: Plan = {
      schemaVersion: 1,
      app: 'store',
      seed: 1,
      rounds: [
        [
          { do: 'buy', who: 'ann' },
          { do: 'sellOnAllNodes', itemId: 8 },
        ],
        [],
      ],
      faults: [
        {
          kind: 'db.kill',
          target: 'db',
          options: {},
          fromRound: 0,
          toRound: 1,
          when: { after: 'op', name: 'sell', count: 2 },
        },
      ],
    }
    expect(describePlan(plan, storeWorkload)).toEqual([
      'round 1: db.kill on db after the 2nd sell; ann buys; all nodes sell item 8 at once',
      'round 2: db.kill on db ends',
    ])
  })
})
