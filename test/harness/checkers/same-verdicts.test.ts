import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkers } from '../../../harness/checkers/index.ts'
import { toHistory } from '../../../harness/history/history.ts'
import { ledger, reordered } from '../../../harness/history/ledger.ts'
import type { HistoryEvent } from '../../../harness/history/operation.ts'
import { readRecord } from '../../../harness/reporters/record.ts'
import { type Checker, judge } from '../../../harness/verdict/checker.ts'
import { deliveries, trades } from '../../support/random-histories.ts'
import { atMostOnce } from '../../support/reference/at-most-once.ts'
import { cartNeverLost } from '../../support/reference/cart-never-lost.ts'
import { neverOversold } from '../../support/reference/never-oversold.ts'
import { nodesAgreeWithDatabase } from '../../support/reference/nodes-agree-with-database.ts'
import { oneAnnouncementPerChange } from '../../support/reference/one-announcement-per-change.ts'
import { purchasesLinearizable } from '../../support/reference/purchases-linearizable.ts'
import { pushesHandledOnce } from '../../support/reference/pushes-handled-once.ts'
import { recoveryTime } from '../../support/reference/recovery-time.ts'
import { releasedEverywhere } from '../../support/reference/released-everywhere.ts'
import { viewsMatchFreshRender } from '../../support/reference/views-match-fresh-render.ts'
import { ledger as referenceLedger, reordered as referenceReordered } from '../../support/reference-ledger.ts'

/** The checkers as they were when each of them searched the whole history again and again. */
const references: readonly Checker[] = [
  atMostOnce,
  cartNeverLost,
  neverOversold,
  nodesAgreeWithDatabase,
  oneAnnouncementPerChange,
  purchasesLinearizable,
  pushesHandledOnce,
  recoveryTime(10_000),
  releasedEverywhere,
  viewsMatchFreshRender,
]

const numRuns = 1_000
const seed = 0x5eed

/** The same outcome in the same words; the evidence has another shape now, for the diff in a report. */
function expectSameVerdicts(events: readonly HistoryEvent[]) {
  const history = toHistory(events)
  for (const reference of references) {
    const { outcome, why } = judge(reference, history)
    expect(judge(checkers[reference.name]!, history), reference.name).toMatchObject({ outcome, why })
  }
}

/** How often each value came up among the histories that a seed makes. */
function tally(histories: fc.Arbitrary<HistoryEvent[]>, valuesOf: (events: HistoryEvent[]) => string[]) {
  const values = fc.sample(histories, { numRuns, seed }).flatMap(valuesOf)
  return Object.fromEntries([...Map.groupBy(values, (value) => value)].map(([value, all]) => [value, all.length]))
}

describe('checkers that read a history once give the verdicts of those that searched it', () => {
  it('line by line of the ledger', () => {
    const property = fc.property(deliveries, (events) => {
      const history = toHistory(events)
      expect(ledger(history)).toEqual(referenceLedger(history))
      expect(reordered(history)).toEqual(referenceReordered(history))
    })
    fc.assert(property, { numRuns, seed })
  })

  it('word for word, on 1,000 histories of messages', () => {
    fc.assert(fc.property(deliveries, expectSameVerdicts), { numRuns, seed })
  })

  it('word for word, on 1,000 histories of a shop', () => {
    fc.assert(fc.property(trades, expectSameVerdicts), { numRuns, seed })
  })

  it('word for word, on the stored run', () => {
    const record = readRecord(join(import.meta.dirname, '../reporters/fixture'))
    for (const { id } of record.run.scenarios) expectSameVerdicts(record.eventsOf(id))
  })
})

describe('the random histories', () => {
  it('have every fate in them, often', () => {
    const fates = tally(deliveries, (events) => ledger(toHistory(events)).map(({ fate }) => fate))
    expect(Object.keys(fates).toSorted()).toEqual([
      'duplicate',
      'late',
      'lost-in-witnessed-window',
      'lost-unexplained',
      'lost-while-disconnected',
      'non-member',
      'on-its-way',
      'once',
    ])
    expect(Math.min(...Object.values(fates))).toBeGreaterThan(10)
  })

  it.each([
    ['at-most-once', deliveries],
    ['recovery-time', deliveries],
    ['cart-never-lost', trades],
    ['purchases-linearizable', trades],
    ['never-oversold', trades],
    ['one-announcement-per-change', trades],
    ['pushes-handled-once', trades],
    ['released-everywhere', trades],
    ['views-match-fresh-render', trades],
  ])('make %s pass, fail and know nothing', (name, histories) => {
    const outcomes = tally(histories, (events) => [judge(checkers[name]!, toHistory(events)).outcome])
    expect(Object.keys(outcomes).toSorted(), JSON.stringify(outcomes)).toEqual(['passed', 'unknown', 'violated'])
  })
})
