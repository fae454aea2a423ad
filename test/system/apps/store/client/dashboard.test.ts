import { describe, expect, it } from 'vitest'
import {
  type CartPresence,
  itemCounts,
  pageCounts,
  shopperCount,
} from '../../../../../system/apps/store/client/counts.ts'
import { stalenessOf } from '../../../../../system/apps/store/client/staleness.ts'

const state: CartPresence = {
  ann: {
    metas: [
      { page: '/', items: [5, 6] },
      { page: '/checkout', items: [5] },
    ],
  },
  ben: { metas: [{ page: '/', items: [5] }] },
  cid: { metas: [{ page: null, items: [] }] },
}

describe('what the dashboard counts (AT-40)', () => {
  it('shoppers: one for each cart, however many tabs (PA-38, DF-97)', () => {
    expect(shopperCount(state)).toBe(3)
    expect(shopperCount({})).toBe(0)
  })

  it('pages: every tab, the fullest first (PA-39)', () => {
    expect(pageCounts(state)).toEqual([
      ['/', 2],
      ['/checkout', 1],
      ['unknown', 1],
    ])
  })

  it('items: one tab speaks for its cart, which may lag behind (PA-40, PA-41)', () => {
    expect([...itemCounts(state)]).toEqual([
      [5, 2],
      [6, 1],
    ])
  })

  it('nothing of what is in no cart any more (PA-42, DF-98)', () => {
    expect(itemCounts({ ben: { metas: [{ page: '/', items: [] }] } }).size).toBe(0)
  })
})

describe('what the dashboard says about its own age', () => {
  const at = (nowMs: number, isConnected = true, heardMs: number | undefined = 0) =>
    stalenessOf({ isConnected, heardMs, nowMs, silentMaxMs: 10_000 })

  it('waits before the first numbers', () => {
    expect(stalenessOf({ isConnected: true, heardMs: undefined, nowMs: 5, silentMaxMs: 1 }).kind).toBe('waiting')
    expect(stalenessOf({ isConnected: false, heardMs: undefined, nowMs: 5, silentMaxMs: 1 }).text).toBe('Connecting')
  })

  it('is live while the server is heard, and says when it was heard last', () => {
    expect(at(1_000)).toEqual({ kind: 'live', text: 'Live' })
    expect(at(8_000)).toEqual({ kind: 'live', text: 'Live, checked 8 s ago' })
  })

  it('is stale when nobody answers, or when it is not connected', () => {
    expect(at(11_000)).toEqual({ kind: 'stale', text: 'No answer. These numbers are 11 s old' })
    expect(at(1_000, false)).toEqual({ kind: 'stale', text: 'Connection lost. These numbers are 1 s old' })
    expect(at(600_000, false).text).toContain('10 min old')
    expect(at(10_800_000, false).text).toContain('3 h old')
  })
})
