import { describe, expect, it } from 'vitest'
import { cartNeverLost } from '../../../../../harness/apps/store/checkers/cart-never-lost.ts'
import { tabsConverge } from '../../../../../harness/apps/store/checkers/tabs-converge.ts'
import { fault, final, historyOf, stock, type TestEvent } from '../../../../support/histories.ts'

const sight = (shopper: string, ...ids: number[]) => ({
  shopper,
  page: '/',
  items: ids.map((id) => ({ id, outOfStock: false })),
})
const tab = (who: string, ...ids: number[]) => final('cart', sight('alice', ...ids), who, 'n1')

let lastOp = 0
/** An edit as it was asked for and how it ended, both events one after the other. */
function edit(
  operation: 'add_item' | 'remove_item',
  itemId: number,
  type: 'ok' | 'failed' | 'unsure' = 'ok',
  who = 'alice',
): TestEvent[] {
  lastOp += 1
  const event = { who, operation, op: lastOp, value: { shopper: 'alice', itemId } }
  return [
    { type: 'invoke', ...event },
    { type, ...event },
  ]
}

describe('tabs-converge (CT-39..CT-41, CT-48, DF-73..DF-76, DF-80)', () => {
  const check = (...events: TestEvent[]) => tabsConverge.check(historyOf(...events))
  const database = final('database', stock())

  it('is valid when all tabs of a cart show the same', () => {
    expect(check(...edit('add_item', 7), database, tab('alice', 7), tab('alice#2', 7)).outcome).toBe('passed')
  })

  it('is invalid when two tabs differ', () => {
    const { outcome, why } = check(...edit('add_item', 7), database, tab('alice', 7), tab('alice#2'))
    expect(outcome).toBe('violated')
    expect(why).toMatch(/^tabs differ: alice#2 shows no item, alice shows item 7$/)
  })

  it('lets carts of different shoppers differ (CT-42)', () => {
    const bob = final('cart', sight('bob'), 'bob', 'n1')
    expect(check(...edit('add_item', 7), database, tab('alice', 7), bob).outcome).toBe('passed')
  })

  it('is invalid when an item is shown as available that is gone, or as gone that is there', () => {
    const gone = final('database', stock(true, { availableCount: 0 }))
    expect(check(...edit('add_item', 7), gone, tab('alice', 7)).why).toMatch(
      /^stale cart: alice shows item 7 as available/,
    )
    const gray = { ...sight('alice', 7), items: [{ id: 7, outOfStock: true }] }
    expect(check(...edit('add_item', 7), database, final('cart', gray, 'alice')).why).toMatch(/as sold out/)
  })

  it('is unknown when nobody filled a cart or looked at one', () => {
    expect(check(database, tab('alice')).outcome).toBe('unknown')
    expect(check(...edit('add_item', 7)).outcome).toBe('unknown')
  })
})

describe('cart-never-lost (CT-1, CT-41, NF-3, NF-4)', () => {
  const check = (...events: TestEvent[]) => cartNeverLost.check(historyOf(...events))

  it('is valid when what was put in is there, and what was taken out is not', () => {
    expect(
      check(...edit('add_item', 7), ...edit('add_item', 8), ...edit('remove_item', 8), tab('alice', 7)).outcome,
    ).toBe('passed')
  })

  it('is invalid when an answered edit is lost', () => {
    expect(check(...edit('add_item', 7), tab('alice')).why).toBe('lost: item 7 is missing in the cart of alice')
    expect(check(...edit('add_item', 7), tab('alice', 7), tab('alice#2')).outcome).toBe('violated')
  })

  it('is invalid when what was taken out is back', () => {
    expect(check(...edit('add_item', 7), ...edit('remove_item', 7), tab('alice', 7)).why).toMatch(/^back again: item 7/)
  })

  it('counts what was bought as taken out', () => {
    const purchase = { who: 'alice', operation: 'purchase', op: 999, value: { shopper: 'alice', itemIds: [7] } }
    const bought: TestEvent[] = [
      { type: 'invoke', ...purchase },
      { type: 'ok', ...purchase },
    ]
    expect(check(...edit('add_item', 7), ...bought, tab('alice')).outcome).toBe('passed')
    expect(check(...edit('add_item', 7), ...bought, tab('alice', 7)).outcome).toBe('violated')
  })

  it('allows both where the order may be that of an earlier attempt, which wanted something else', () => {
    const attempt = (type: 'ok' | 'unsure' | 'failed', itemId: number): TestEvent[] => {
      lastOp += 1
      const event = {
        who: 'alice',
        operation: 'purchase',
        op: lastOp,
        value: { shopper: 'alice', key: 'k', itemIds: [itemId] },
      }
      return [
        { type: 'invoke', ...event },
        { type, ...event },
      ]
    }
    const both = [...edit('add_item', 7), ...edit('add_item', 8)]
    const unsure = [...both, ...attempt('unsure', 8), ...attempt('ok', 7)]
    expect(check(...unsure, tab('alice', 7)).outcome).not.toBe('violated')
    expect(check(...unsure, tab('alice', 8)).outcome).not.toBe('violated')
    expect(check(...both, ...attempt('failed', 8), ...attempt('ok', 7), tab('alice', 7, 8)).outcome).toBe('violated')
  })

  it('allows both where nobody knows: an edit without an answer, and two edits at once', () => {
    const events = [...edit('add_item', 7), ...edit('remove_item', 7, 'unsure')]
    expect(check(...events, ...edit('add_item', 8), tab('alice', 7, 8)).outcome).toBe('passed')
    expect(check(...events, ...edit('add_item', 8), tab('alice', 8)).outcome).toBe('passed')
  })

  it('knows that an edit without an answer may never have happened', () => {
    expect(check(...edit('add_item', 7, 'unsure'), ...edit('add_item', 8), tab('alice', 8)).outcome).toBe('passed')
    expect(check(...edit('add_item', 7, 'unsure'), ...edit('add_item', 8), tab('alice', 7, 8)).outcome).toBe('passed')
    const removed = [...edit('add_item', 7), ...edit('remove_item', 7)]
    expect(check(...removed, ...edit('remove_item', 7, 'unsure'), tab('alice', 7)).outcome).toBe('violated')
  })

  it('does not count an edit that was refused', () => {
    expect(check(...edit('add_item', 7), ...edit('remove_item', 7, 'failed'), tab('alice')).outcome).toBe('violated')
  })

  it('knows that tabs on two sides of a cut cannot know of each other', () => {
    const apart = [...edit('add_item', 7), ...edit('remove_item', 7, 'ok', 'alice#2')]
    expect(check(...apart, tab('alice', 7)).outcome).toBe('violated')
    expect(check(fault(0), ...apart, ...edit('add_item', 8), tab('alice', 7, 8)).outcome).toBe('passed')
  })

  it('is unknown when no cart was looked at or none was edited', () => {
    expect(check(...edit('add_item', 7)).outcome).toBe('unknown')
    expect(check(tab('alice')).outcome).toBe('unknown')
  })
})
