import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { corpusStories, readPlan } from '../../../harness/plans/corpus.ts'
import { describePlan } from '../../../harness/plans/describe-plan.ts'
import { createPlan } from '../../../harness/plans/plan.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { defects } from '../../../harness/selftest/defects.ts'
import { explorable, unexplorable } from '../../../harness/selftest/explorable.ts'

const plan = createPlan(seededRandom(9), 9)
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
  it('is there without being filled', () => expect(corpusStories(join(root, 'elsewhere'))).toEqual([]))

  it('makes a scenario of each file, with its plan, its title and what it covers', () => {
    put('ghost.json', entry)
    const [story] = corpusStories(root)
    expect(story).toMatchObject({ id: 'corpus/ghost', title: entry.title, covers: entry.covers, plan })
  })

  it('gives back the plan of a file, and a plan that stands alone', () => {
    put('ghost.json', entry)
    put('alone.plan', plan)
    expect(readPlan(join(root, 'scenarios', 'corpus', 'ghost.json'))).toEqual(plan)
    expect(readPlan(join(root, 'scenarios', 'corpus', 'alone.plan'))).toEqual(plan)
  })

  it.each([
    ['not even JSON', '{'],
    ['no title', { ...entry, title: '' }],
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
    expect(() => corpusStories(root)).toThrow(/ghost\.json is no plan of a scenario: .+/)
    put('ghost.json', entry)
  })
})

describe('what can be hunted (FI-18)', () => {
  it('is every defect, but those that have a reason', () => {
    expect([...explorable, ...Object.keys(unexplorable)].sort()).toEqual(Object.keys(defects).sort())
  })
})

describe('a plan in words', () => {
  it('says in each round what begins, what is done and what ends', () => {
    const told = describePlan({
      schemaVersion: 1,
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
    })
    expect(told).toEqual([
      'round 1: db.kill on db after the 2nd sell; ann buys; all nodes sell item 8 at once',
      'round 2: db.kill on db ends',
    ])
  })
})
