import { describe, expect, it } from 'vitest'
import { takeFrame } from '../../../../harness/checkers/core/live-frame.ts'
import { liveFramesBounded } from '../../../../harness/checkers/core/live-frames-bounded.ts'
import { historyOf, type TestEvent } from '../../../support/histories.ts'

const statics = ['<main class="product-list">', '<ul class="legend"></ul></main>']
const listing = ['<article>', `${'<p>what does not change</p>'.repeat(20)}<b>`, '</b></article>']
const rendered = {
  0: { k: { 0: { 0: 'one', 1: 'low' }, 1: { 0: 'two', 1: 'high' }, kc: 2 }, s: 1 },
  s: 0,
  p: { 0: statics, 1: listing },
}
const known = takeFrame(undefined, rendered).known
const tallyOf = (frame: object) => takeFrame(known, frame as Record<string, unknown>).tally

describe('what a client has', () => {
  it('takes changes of an entry, and forgets nothing else', () => {
    const { known: after, tally } = takeFrame(known, { 0: { k: { 1: { 1: 'out' }, kc: 2 } } })
    expect(tally).toEqual({ newBytes: 5, resentBytes: 0 })
    expect(takeFrame(after, { 0: { k: { 1: { 1: 'out' }, kc: 2 } } }).tally).toEqual({ newBytes: 0, resentBytes: 5 })
    expect(takeFrame(after, { 0: { k: { 0: { 1: 'low' }, kc: 2 } } }).tally).toEqual({ newBytes: 0, resentBytes: 5 })
  })

  it('follows entries that move', () => {
    const { known: after, tally } = takeFrame(known, { 0: { k: { 0: 1, 1: [0, { 1: 'out' }], kc: 2, km: true } } })
    expect(tally).toEqual({ newBytes: 5, resentBytes: 0 })
    expect(takeFrame(after, { 0: { k: { 0: { 0: 'two' }, kc: 2 } } }).tally).toEqual({ newBytes: 0, resentBytes: 5 })
  })

  it('counts statics that it has, under whichever number they come', () => {
    expect(tallyOf(rendered).newBytes).toBe(0)
    expect(tallyOf({ 0: { k: { kc: 0 }, s: 7 }, p: { 7: listing } })).toEqual({
      newBytes: 0,
      resentBytes: JSON.stringify(listing).length,
    })
  })

  it('has nothing of a template that is new to it', () => {
    expect(tallyOf({ 0: { 0: 'one', s: 0 }, p: { 0: ['<i>', '</i>'] } })).toEqual({ newBytes: 19, resentBytes: 0 })
  })

  it('knows components by their numbers, and by those that they are told by', () => {
    const first = takeFrame(known, { c: { 1: { 0: 'one', s: listing, r: 1 } } })
    expect(first.tally.resentBytes).toBe(0)
    expect(takeFrame(first.known, { c: { 1: { 0: 'other' } } }).tally).toEqual({ newBytes: 7, resentBytes: 0 })
    const second = takeFrame(first.known, { c: { 2: { 0: 'two', s: -1 } } })
    expect(second.tally).toEqual({ newBytes: 5, resentBytes: 0 })
    expect(takeFrame(second.known, { c: { 2: { 0: 'two', s: listing } } }).tally.newBytes).toBe(0)
  })

  it('ignores events, replies and titles', () => {
    expect(tallyOf({ e: [['ready', {}]], r: { ok: 1 }, t: 'a title' })).toEqual({ newBytes: 0, resentBytes: 0 })
  })
})

describe('live-frames-bounded (LV-5, LV-7, DF-118)', () => {
  const topic = 'lv:phx-1'
  const join: TestEvent = { type: 'join', who: 'alice', topic, node: 'n1', value: rendered }
  const diff = (value: object): TestEvent => ({
    type: 'receive',
    who: 'alice',
    topic,
    event: 'diff',
    joinRef: '1',
    value,
  })
  const check = (...events: TestEvent[]) => liveFramesBounded.check(historyOf(...events))

  it('passes a page that is sent what changed', () => {
    expect(check(join, diff({ 0: { k: { 1: { 1: 'out' }, kc: 2 } } }))).toMatchObject({
      outcome: 'passed',
      why: '1 frame for 1 live page',
    })
  })

  it('is violated by a page that is sent as a whole again', () => {
    const whole = structuredClone(rendered)
    whole[0].k[1][1] = 'out'
    expect(check(join, diff(whole))).toMatchObject({ outcome: 'violated' })
    expect(check(join, diff(whole)).why).toMatch(
      /^sent again: of a frame for alice \d+ bytes were there already, and 5 are new$/,
    )
  })

  it('lets a page that joined again be sent everything', () => {
    expect(check(join, join, diff({ 0: { k: { 1: { 1: 'out' }, kc: 2 } } })).outcome).toBe('passed')
  })

  it('is unknown without a live page, and without a change', () => {
    expect(check(diff(rendered)).outcome).toBe('unknown')
    expect(check(join).outcome).toBe('unknown')
  })
})
