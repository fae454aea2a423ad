import { describe, expect, it } from 'vitest'
import { neverOversold } from '../../../../../harness/apps/store/checkers/never-oversold.ts'
import { ordersChargedOnce } from '../../../../../harness/apps/store/checkers/orders-charged-once.ts'
import {
  purchasesLinearizable,
  purchasesLinearizableWithin,
} from '../../../../../harness/apps/store/checkers/purchases-linearizable.ts'
import { final, historyOf, invoke, stock, type TestEvent } from '../../../../support/histories.ts'

type End = 'ok' | 'failed' | 'unsure'
let lastOp = 0

/** A purchase of item 7 unless it says otherwise: its beginning and its end. */
function purchase(
  type: End,
  value: { itemIds?: number[]; key?: string; shopper?: string } = {},
): [TestEvent, TestEvent] {
  lastOp += 1
  const event = { who: 'alice', operation: 'purchase', op: lastOp, value: { shopper: 'alice', itemIds: [7], ...value } }
  return [
    { type: 'invoke', ...event },
    { type, ...event },
  ]
}

describe('purchases-linearizable (ST-11, ST-19, CT-55, DF-67, DF-68)', () => {
  const of = (initialCount: number) => final('database', stock(true, { initialCount }))
  const check = (initialCount: number, ...events: TestEvent[]) =>
    purchasesLinearizable.check(historyOf(...events, of(initialCount)))

  it('is valid when the last buyer is refused', () => {
    expect(check(1, ...purchase('ok'), ...purchase('failed')).outcome).toBe('passed')
  })

  it('is valid when refusal and purchase overlap, whoever is answered first', () => {
    const [askOk, gotIt] = purchase('ok')
    const [askNo, refused] = purchase('failed')
    expect(check(1, askNo, askOk, refused, gotIt).outcome).toBe('passed')
  })

  it('is invalid when somebody is refused before the last unit can have gone', () => {
    expect(check(1, ...purchase('failed'), ...purchase('ok')).why).toMatch(/^refused with stock: /)
    expect(check(2, ...purchase('ok'), ...purchase('failed')).outcome).toBe('violated')
    const [ask, got] = purchase('ok')
    expect(check(2, ...purchase('ok'), ...purchase('failed'), ask, got).outcome).toBe('violated')
  })

  it('is invalid when more was sold than there was', () => {
    expect(check(1, ...purchase('ok'), ...purchase('ok')).why).toMatch(/^not in order: item 7 was sold 2 times/)
  })

  it('lets a purchase without an answer have happened at any time since, or never', () => {
    expect(check(1, ...purchase('unsure'), ...purchase('failed')).outcome).toBe('passed')
    expect(check(1, ...purchase('unsure'), ...purchase('ok')).outcome).toBe('passed')
    expect(check(1, ...purchase('failed'), ...purchase('unsure')).outcome).toBe('violated')
  })

  it('counts the attempts at one order as one', () => {
    const key = { key: 'k1' }
    expect(check(1, ...purchase('unsure', key), ...purchase('ok', key)).outcome).toBe('passed')
    expect(check(2, ...purchase('ok', key), ...purchase('ok', key), ...purchase('failed')).outcome).toBe('violated')
  })

  it('does not know which of two wishes an order is, when both may have made it', () => {
    const first = purchase('unsure', { key: 'k1', itemIds: [8] })
    const second = purchase('ok', { key: 'k1', itemIds: [7] })
    expect(check(1, ...first, ...second, ...purchase('failed')).outcome).toBe('passed')
    expect(check(1, ...second, ...purchase('ok')).outcome).toBe('violated')
    expect(check(1, ...first, ...second, ...purchase('ok')).outcome).toBe('passed')
    const refused = purchase('failed', { key: 'k1', itemIds: [8] })
    expect(check(1, ...refused, ...second, ...purchase('ok')).outcome).toBe('violated')
  })

  it('finds the sold-out item among several', () => {
    expect(check(1, ...purchase('ok'), ...purchase('failed', { itemIds: [7, 8] })).outcome).toBe('passed')
    expect(check(5, ...purchase('failed', { itemIds: [7, 8] })).outcome).toBe('violated')
  })

  it('counts a sale at the control port too', () => {
    const sale = (type: End, op: number): TestEvent[] => [
      { type: 'invoke', who: 'n1', operation: 'sell', op, value: { itemId: 7 } },
      { type, who: 'n1', operation: 'sell', op, value: { itemId: 7 } },
    ]
    expect(check(1, ...sale('ok', 901), ...purchase('failed')).outcome).toBe('passed')
    expect(check(2, ...sale('ok', 902), ...sale('failed', 903)).outcome).toBe('violated')
  })

  it('is unknown when the history needs more steps than it may take', () => {
    const events = [...purchase('ok'), ...purchase('ok'), ...purchase('failed'), of(2)]
    expect(purchasesLinearizableWithin(3).check(historyOf(...events)).outcome).toBe('passed')
    expect(purchasesLinearizableWithin(2).check(historyOf(...events))).toMatchObject({
      outcome: 'unknown',
      why: 'gave up after 2 steps: an order of 3 purchases was neither found nor excluded',
    })
  })

  it('is unknown when nobody bought, when a reducer did, and when the stock was not read', () => {
    expect(check(1).outcome).toBe('unknown')
    expect(check(1, ...purchase('ok'), invoke('reduce', {})).outcome).toBe('unknown')
    expect(purchasesLinearizable.check(historyOf(...purchase('ok'))).outcome).toBe('unknown')
  })
})

describe('orders-charged-once (CT-55, CT-58, DF-87)', () => {
  const order = (own: object = {}) => ({
    id: 1,
    shopper: 'hash',
    key: 'k',
    itemIds: [7, 8],
    soldItemIds: [7, 8],
    totalUsd: 300,
    soldUsd: 300,
    ...own,
  })
  const sold = (soldUnits: number) => final('database', stock(true, { soldUnits }))
  const check = (orders: object[], ...events: TestEvent[]) =>
    ordersChargedOnce.check(historyOf(...events, final('orders', orders)))

  it('is valid when each confirmed purchase is an order of what was sold', () => {
    expect(check([order()], ...purchase('ok'), sold(2)).outcome).toBe('passed')
    expect(check([], ...purchase('failed'), sold(0)).outcome).toBe('passed')
    expect(check([], ...purchase('unsure')).outcome).toBe('passed')
    expect(check([order()], ...purchase('unsure')).outcome).toBe('passed')
  })

  it('is invalid when an order was sold in part, or twice', () => {
    expect(check([order({ soldItemIds: [7] })], ...purchase('ok')).why).toMatch(/^wrong order: /)
    expect(check([order({ soldItemIds: [7, 8, 8] })], ...purchase('ok')).outcome).toBe('violated')
  })

  it('is invalid when the total is not what was sold', () => {
    expect(check([order({ totalUsd: 600 })], ...purchase('ok')).why).toMatch(/^wrong total: /)
  })

  it('is invalid when a confirmed order is missing, or made twice', () => {
    expect(check([], ...purchase('ok')).why).toMatch(/^lost order: /)
    const again = { key: 'k1' }
    const twice = [order(), order({ id: 2 })]
    expect(check(twice, ...purchase('unsure', again), ...purchase('ok', again)).why).toMatch(/^order twice: /)
  })

  const problems: Record<number, string> = {
    409: 'Something in your cart is sold out, so nothing was bought.',
    422: 'Your cart is empty.',
    503: 'Try again: you will not pay twice.',
  }

  it.each([409, 422, 503])('is invalid when status %d comes with the words of another one', (status) => {
    for (const [other, problem] of Object.entries(problems)) {
      const value = { status, sent: 'k1', answered: 'k1', problem }
      const again: TestEvent = { type: 'read', who: 'alice', operation: 'form-again', value }
      const outcome = Number(other) === status ? 'passed' : 'violated'
      expect(check([order()], ...purchase('unsure'), again).outcome).toBe(outcome)
    }
  })

  it.each([
    [503, 'k2', 'violated'],
    [409, 'k2', 'violated'],
    [503, 'k1', 'passed'],
    [422, 'k2', 'passed'],
  ])('takes the form after status %d with the key %s for %s', (status, answered, outcome) => {
    const problem = problems[status]
    const value = { shopper: 'alice', status, sent: 'k1', answered, problem }
    const again: TestEvent = { type: 'read', who: 'alice', operation: 'form-again', value }
    expect(check([order()], ...purchase('unsure'), again).outcome).toBe(outcome)
  })

  it('is invalid when two forms have one key', () => {
    const form = (who: string, key: string): TestEvent => ({ type: 'read', who, operation: 'form', value: { key } })
    expect(check([order()], ...purchase('ok'), form('alice', 'k1'), form('bob', 'k2')).outcome).toBe('passed')
    const { why } = check([order()], ...purchase('ok'), form('alice', 'k1'), form('bob', 'k1'))
    expect(why).toContain('bob loaded a form whose key was given out before')
  })

  it('is invalid when something was sold and belongs to no order', () => {
    expect(check([], ...purchase('failed'), sold(2)).why).toBe('sold without an order: 2 units')
  })

  it('is unknown when nobody bought or the orders were not read', () => {
    expect(check([]).outcome).toBe('unknown')
    expect(ordersChargedOnce.check(historyOf(...purchase('ok'))).outcome).toBe('unknown')
  })
})

describe('never-oversold, whenever the stock is read', () => {
  const read = (item: Record<string, number>): TestEvent => ({
    type: 'read',
    who: 'harness',
    operation: 'stock',
    value: stock(true, item),
  })

  it('is invalid when it did not add up in between, though it does in the end', () => {
    const end = final('database', stock())
    expect(neverOversold.check(historyOf(...purchase('ok'), read({}), end)).outcome).toBe('passed')
    expect(neverOversold.check(historyOf(...purchase('ok'), read({ availableCount: 7 }), end)).why).toMatch(
      /^not conserved/,
    )
    expect(
      neverOversold.check(historyOf(...purchase('ok'), read({ availableCount: -1, soldUnits: 11 }), end)).why,
    ).toMatch(/^oversold/)
  })
})
