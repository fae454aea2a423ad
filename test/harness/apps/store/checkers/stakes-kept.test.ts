import { describe, expect, it } from 'vitest'
import { stakesKept } from '../../../../../harness/apps/store/checkers/stakes-kept.ts'
import type { StakeRecord } from '../../../../../harness/apps/store/stakes/record.ts'
import { mannersOf } from '../../../../../harness/history/manners.ts'
import { historyOf } from '../../../../support/histories.ts'

const base: StakeRecord = { cell: 'buy at committed under link.reset n1->db', answers: [] }
const judge = (...records: Partial<StakeRecord>[]) =>
  stakesKept.check(
    historyOf(
      ...records.map(
        (one) => ({ type: 'read', who: 'harness', operation: 'stake', value: { ...base, ...one } }) as const,
      ),
    ),
  )

const sold = (units: number, orders: number, left: [number, number] = [1 - units, 1 - units]) => ({
  itemId: 3,
  units,
  orders,
  left: { n1: left[0], n2: left[1] },
})
const heard = { 'ear-n1': true, 'ear-n2': true }

describe('stakes-kept', () => {
  it.each<[string, Partial<StakeRecord>]>([
    [
      'it was sold once, to who asked again',
      { answers: [['unsure', 'ok', 'ok'], ['failed']], sold: sold(1, 1), told: heard },
    ],
    ['it went to the rival', { answers: [['unsure', 'failed'], ['ok']], sold: sold(1, 1), told: heard }],
    ['nobody knows, and it is still there', { answers: [['unsure', 'unsure']], sold: sold(0, 0) }],
    ['nobody knows, and it is gone', { answers: [['unsure']], sold: sold(1, 0), told: heard }],
    ['the release is everywhere', { answers: [['unsure', 'ok']], released: { 'the database': true, n1: true } }],
    ['every tab has the item', { cart: { itemId: 7, expected: true, tabs: { a: true, b: true } } }],
    ['no tab has it any more', { cart: { itemId: 7, expected: false, tabs: { a: false } } }],
    ['every node counts the tabs', { counted: { expected: 2, nodes: { n1: 2, n2: 2 } } }],
  ])('passes when %s', (_what, record) => expect(judge(record).outcome).toBe('passed'))

  it.each<[string, Partial<StakeRecord>]>([
    ['twice: 2 units', { answers: [['ok']], sold: sold(2, 1) }],
    ['twice: item 3 is in 2 orders', { answers: [['ok']], sold: sold(1, 2) }],
    ['twice: 2 were told', { answers: [['ok'], ['ok']], sold: sold(1, 1) }],
    ['lost: the last of item 3 was confirmed', { answers: [['ok'], ['failed']], sold: sold(0, 0) }],
    ['lost: everybody was refused', { answers: [['failed'], ['failed']], sold: sold(0, 0) }],
    [
      'lost: the last of item 3 is sold, and everybody',
      { answers: [['unsure', 'failed'], ['failed']], sold: sold(1, 1) },
    ],
    ['contradicted: one wish', { answers: [['unsure', 'failed', 'ok']], sold: sold(1, 1), told: heard }],
    ['stuck: somebody asked both nodes', { answers: [Array(7).fill('unsure'), ['failed']], sold: sold(1, 1) }],
    ['not seen: n2 has 1 of item 3', { answers: [['ok']], sold: sold(1, 1, [0, 1]), told: heard }],
    ['not told: ear-n2', { answers: [['ok']], sold: sold(1, 1), told: { 'ear-n1': true, 'ear-n2': false } }],
    ['not seen: n2 does not know of the release', { released: { 'the database': true, n1: true, n2: false } }],
    ['cart: item 7 is not in the tab b', { cart: { itemId: 7, expected: true, tabs: { a: true, b: false } } }],
    ['cart: item 7 is in the tab a', { cart: { itemId: 7, expected: false, tabs: { a: true } } }],
    ['miscounted: n1 counts 3 open tabs', { counted: { expected: 2, nodes: { n1: 3, n2: 2 } } }],
  ])('is violated: %s', (finding, record) => {
    const { outcome, why } = judge(record)
    expect([outcome, why.startsWith(finding), why.includes(base.cell)]).toEqual(['violated', true, true])
  })

  it('judges also what was not hit at its point', () => {
    expect(judge({ missed: 'too slow', answers: [['ok'], ['ok']], sold: sold(1, 1) }).outcome).toBe('violated')
  })

  it('knows nothing when nothing was drawn, or most of it was not hit', () => {
    expect(judge().outcome).toBe('unknown')
    expect(judge({}, { missed: 'too slow' }, { missed: 'too slow' }).outcome).toBe('unknown')
  })

  it('blames nobody for what is not seen when the machine stood still, but for what happened twice', () => {
    const after = (forMs: number, record: Partial<StakeRecord>) =>
      stakesKept.check(
        historyOf(
          { type: 'read', who: 'harness', operation: mannersOf.stall, value: { forMs } },
          { type: 'read', who: 'harness', operation: 'stake', value: { ...base, ...record } },
        ),
      ).outcome
    const miscounted = { counted: { expected: 2, nodes: { n1: 3 } } }
    expect([after(3_000, miscounted), after(600, miscounted)]).toEqual(['unknown', 'violated'])
    expect(after(3_000, { answers: [['ok']], sold: sold(2, 1) })).toBe('violated')
  })

  it('lists what was hit, and what was not', () => {
    expect(judge({}, { missed: 'too slow' }).evidence).toMatchObject({
      reached: [base.cell],
      missed: [{ missed: 'too slow' }],
    })
  })
})
