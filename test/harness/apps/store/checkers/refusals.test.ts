import { describe, expect, it } from 'vitest'
import { refusedForAReason } from '../../../../../harness/apps/store/checkers/refused-for-a-reason.ts'
import { fault, final, historyOf, stall, type TestEvent } from '../../../../support/histories.ts'

const catalogue = final('catalogue', {
  products: [
    {
      id: 1,
      items: [
        { id: 1, availableCount: 3 },
        { id: 2, availableCount: 0 },
      ],
    },
  ],
})
let lastOp = 0

interface Asked {
  operation?: string
  itemId?: number
  itemIds?: number[]
  who?: string
  tMs?: number
}

function asked(type: 'ok' | 'failed' | 'unsure', error: string | undefined, asked: Asked = {}): TestEvent[] {
  const { operation = 'add_item', who = 'ann', tMs, ...what } = asked
  lastOp += 1
  const time = tMs === undefined ? {} : { tMs }
  const event = { who, operation, op: lastOp, value: { shopper: 'ann', ...what }, ...time }
  return [
    { type: 'invoke', ...event },
    { type, ...event, ...(error !== undefined && { error }) },
  ]
}
const check = (...events: TestEvent[]) => refusedForAReason.check(historyOf(...events, catalogue))

describe('refused-for-a-reason', () => {
  it.each<[string, Asked]>([
    ['out_of_stock', { itemId: 2 }],
    ['unknown_item', { itemId: 99 }],
    ['not_released', { itemId: 1 }],
    ['not_found', { operation: 'remove_item', itemId: 1 }],
    ['status 409', { operation: 'purchase', itemIds: [1] }],
    ['status 422', { operation: 'purchase', itemIds: [] }],
  ])('takes %s where it can be so', (error, what) =>
    expect(check(...asked('failed', error, what)).outcome).toBe('passed'),
  )

  it.each<[string, Asked, string]>([
    ['out_of_stock', { itemId: 1 }, 'and there are 3 of item 1 even in the end'],
    ['unknown_item', { itemId: 1 }, 'and item 1 is in the database'],
    ['duplicate_item', { itemId: 1 }, 'and nobody had put item 1 in'],
    ['status 422', { operation: 'purchase', itemIds: [1, 2] }, 'with the items 1, 2 in the cart'],
    ['status 403', { operation: 'purchase', itemIds: [1] }, 'and the form was one of the shop'],
  ])('is violated by %s where it cannot be so', (error, what, sentence) => {
    const { outcome, why } = check(...asked('failed', error, what))
    expect([outcome, why]).toEqual(['violated', `refused: ann was told ${error}, ${sentence}`])
  })

  it('is violated when what was just put in is not found, unless somebody else may have taken it out', () => {
    const put = asked('ok', undefined, { itemId: 1 })
    const refused = asked('failed', 'not_found', { operation: 'remove_item', itemId: 1 })
    expect(check(...put, ...refused).outcome).toBe('violated')
    const other = asked('unsure', 'lost', { operation: 'remove_item', itemId: 1, who: 'ann#2' })
    expect(check(...put, ...other, ...refused).outcome).toBe('passed')
    expect(check(...other, ...put, ...refused).outcome).toBe('passed')
    expect(check(...asked('ok', undefined, { itemId: 1, who: 'ann#2' }), ...refused).outcome).toBe('passed')
  })

  it('takes a duplicate for one when somebody tried to put it in before', () => {
    const refused = asked('failed', 'duplicate_item', { itemId: 1 })
    expect(check(...asked('unsure', 'lost', { itemId: 1, who: 'ann#2' }), ...refused).outcome).toBe('passed')
  })

  it('is violated when a release was long ago and nothing was broken', () => {
    const release = (tMs: number): TestEvent => ({
      type: 'ok',
      who: 'n1',
      operation: 'release',
      value: { productId: 1 },
      tMs,
    })
    const refused = asked('failed', 'not_released', { itemId: 1, tMs: 20_000 })
    expect(check(release(1_000), ...refused).why).toContain('product 1 was released 19000 ms before')
    expect(check(release(19_000), ...refused).outcome).toBe('passed')
    expect(check(release(1_000), fault(5_000), ...refused).outcome).toBe('passed')
    expect(check(release(1_000), stall(19_000, 4_000, 'n2'), ...refused).outcome).toBe('unknown')
  })

  it('is unknown without the products', () => {
    expect(refusedForAReason.check(historyOf(...asked('failed', 'out_of_stock', { itemId: 1 }))).outcome).toBe(
      'unknown',
    )
  })
})
