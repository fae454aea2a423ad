import { describe, expect, it } from 'vitest'
import { type Burst, usesMax } from '../../../../harness/apps/workshop/burst.ts'
import { resourceLimitKept } from '../../../../harness/apps/workshop/checkers/resource-limit-kept.ts'
import { historyOf, type TestEvent } from '../../../support/histories.ts'

/** 15 at once for 50 ms each, during half a second: 165 are possible. */
const good: Burst = {
  endpoint: 'serial',
  count: 600,
  concurrency: 50,
  tookMs: 499,
  ok: 160,
  refused: 440,
  others: 0,
  useMs: 50,
  limit: 15,
  insideMax: 15,
}
const burst = (change: Partial<Burst> = {}): TestEvent => ({
  type: 'read',
  who: 'n1',
  node: 'n1',
  operation: 'workshop-burst',
  value: { ...good, ...change },
})
const below = burst({ count: 40, concurrency: 10, ok: 40, refused: 0, insideMax: 10 })
const judged = (...events: TestEvent[]) => resourceLimitKept.check(historyOf(...events))

describe('resource-limit-kept (MR-13, NF-14)', () => {
  it('passes a limit that was reached and kept, with numbers', () => {
    expect(judged(burst(), below)).toMatchObject({ outcome: 'passed', why: '200 uses within the limit, 440 refused' })
  })

  it('knows nothing from an empty history, without a limit, or with one that was never reached', () => {
    for (const events of [[], [burst({ limit: 0 })], [below]])
      expect(judged(...events)).toMatchObject({ outcome: 'unknown' })
  })

  it.each<[string, Partial<Burst>, RegExp]>([
    ['the node counted 16 inside (DF-38)', { insideMax: 16 }, /^overrun: 16 were inside at once on serial/],
    ['the node counted 16 inside on async (DF-37)', { endpoint: 'async', insideMax: 16 }, /^overrun: 16 were inside/],
    ['a pipeline overran it', { endpoint: 'genstage', insideMax: 30 }, /^overrun: 30 were inside at once on genstage/],
    ['more were answered 200 than fit in, whatever the node counted', { ok: 300 }, /^overrun: 300 uses of 50 ms/],
    ['some were refused with room for all (MR-14)', { concurrency: 10, refused: 1 }, /^refused with room: 1 of 600/],
  ])('is violated when %s', (_title, change, why) => {
    expect(judged(burst(), burst(change))).toMatchObject({ outcome: 'violated', why: expect.stringMatching(why) })
  })

  it('does not count 200s of a pipeline, which answers before the use', () => {
    expect(judged(burst(), burst({ endpoint: 'genstage', ok: 600, refused: 0 })).outcome).toBe('passed')
  })

  it('takes a run that was slow for what it is', () => {
    expect(judged(burst({ tookMs: 60_000, ok: 15, refused: 585 })).outcome).toBe('passed')
  })
})

describe('the most uses of a time', () => {
  it.each([
    [0, 15],
    [48, 15],
    [49, 30],
    [490, 165],
  ])('%i ms allow %i', (tookMs, most) => {
    expect(usesMax({ limit: 15, useMs: 50, tookMs })).toBe(most)
  })
})
