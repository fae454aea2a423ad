import { describe, expect, it } from 'vitest'
import { createPendingDiffs } from '../../../system/presence/pending-diffs.ts'
import type { Entry } from '../../../system/presence/state.ts'

const entry = (ref: string): Entry => ({ topic: 't', key: ref, owner: 'o', ref, meta: {}, atMs: 0 })

function setUp() {
  const told: string[] = []
  const refs = (entries: Entry[]) => entries.map(({ ref }) => ref).join()
  const pending = createPendingDiffs(
    ({ topic, joins, leaves }) => void told.push(`${topic} +${refs(joins)} -${refs(leaves)}`),
  )
  return {
    pending,
    told,
    add: (joins: string[], leaves: string[], topic = 't') =>
      pending.add(topic, { joins: joins.map(entry), leaves: leaves.map(entry) }),
  }
}

describe('changes that are told together (PA-3, PA-16)', () => {
  it('are one message for each topic', () => {
    const { pending, told, add } = setUp()
    add(['a'], [])
    add(['b'], ['c'])
    add(['x'], [], 'other')
    pending.flush()
    expect(told).toEqual(['t +a,b -c', 'other +x -'])
  })

  it('leave out what came and went meanwhile, and what went and is back', () => {
    const { pending, told, add } = setUp()
    add(['a', 'b'], ['c', 'd'])
    add(['c'], ['a'])
    pending.flush()
    expect(told).toEqual(['t +b -d'])
  })

  it('are told once, and nothing when nothing is left', () => {
    const { pending, told, add } = setUp()
    add(['a'], [])
    add([], ['a'])
    pending.flush()
    pending.flush()
    expect(told).toEqual([])
  })
})
