import { describe, expect, it } from 'vitest'
import { expectations } from '../../../../harness/checkers/core/expectations.ts'
import { faultOutlastsTimer } from '../../../../harness/checkers/core/fault-outlasts-timer.ts'
import { faultsWitnessed } from '../../../../harness/checkers/core/faults-witnessed.ts'
import { joinedTopics } from '../../../../harness/checkers/core/joined-topics.ts'
import { reached } from '../../../../harness/checkers/core/reached.ts'
import { recoveryTime } from '../../../../harness/checkers/core/recovery-time.ts'
import { mannersOf } from '../../../../harness/history/manners.ts'
import { disconnect, fault, final, historyOf, join, stall, type TestEvent, theEnd } from '../../../support/histories.ts'

describe('expectations (AT-1)', () => {
  const seen = (met: boolean): TestEvent => ({
    type: 'expectation',
    who: 'harness',
    value: { after: 2, text: 'all listings wait', met },
    ...(!met && { error: 'product 1 does not' }),
  })
  const check = (...events: TestEvent[]) => expectations.check(historyOf(...events))

  it('is valid when all were met', () => {
    expect(check(seen(true), seen(true)).outcome).toBe('passed')
  })

  it('is invalid when one was not, and names its step and text', () => {
    expect(check(seen(true), seen(false))).toMatchObject({
      outcome: 'violated',
      why: 'after step 2: all listings wait: product 1 does not',
    })
  })

  it('is unknown when none was reached', () => {
    expect(check().outcome).toBe('unknown')
  })
})

describe('reached (AT-3)', () => {
  const entered = (operation: string): TestEvent => ({ type: 'reached', who: 'scenario', operation })
  const check = (...events: TestEvent[]) =>
    reached(['the server let go', 'both sides sold']).check(historyOf(...events))

  it('is valid when every state was entered', () => {
    expect(check(entered('both sides sold'), entered('the server let go')).outcome).toBe('passed')
  })

  it('is unknown when one never was, and names it', () => {
    expect(check(entered('the server let go'), entered('something else'))).toMatchObject({
      outcome: 'unknown',
      why: 'never reached: both sides sold',
    })
  })

  it('is unknown when none is asked for', () => {
    expect(reached([]).check(historyOf()).outcome).toBe('unknown')
  })
})

describe('outlasted (AT-10)', () => {
  const held = (heldMs: number, record: object = {}) =>
    fault(1_000, { witnessedOnMs: 2_000, healRequestedMs: 2_000 + heldMs, ...record })
  const check = (...events: TestEvent[]) => faultOutlastsTimer({ 'node.kill': 3_000 }).check(historyOf(...events))

  it('is valid when one fault was seen to hold for longer than the timer', () => {
    expect(check(held(10, { id: 1 }), held(3_001, { id: 2 })).outcome).toBe('passed')
    expect(check(held(0, { healRequestedMs: null }), theEnd(9_000)).outcome).toBe('passed')
  })

  it.each([
    ['it was shorter', held(3_000)],
    ['nobody saw it', held(9_000, { witnessedOnMs: null })],
    ['it was another fault', held(9_000, { kind: 'node.pause' })],
  ])('is unknown when %s', (_, events) => {
    expect(check(events).outcome).toBe('unknown')
  })

  it('is unknown when no timer is named', () => {
    expect(faultOutlastsTimer({}).check(historyOf()).outcome).toBe('unknown')
  })
})

describe('faults-witnessed', () => {
  const check = (...events: TestEvent[]) => faultsWitnessed.check(historyOf(...events))

  it('is valid when a fault was seen to hold and to end, or none was asked for', () => {
    expect(check(fault(0)).outcome).toBe('passed')
    expect(check().outcome).toBe('passed')
  })

  it('is unknown when nobody felt it, whatever else happened', () => {
    const unseen = fault(0, { id: 2, witnessedOnMs: null, witness: { on: 'nobody uses bob->n1', off: '' } })
    expect(check(fault(0), unseen)).toMatchObject({
      outcome: 'unknown',
      why: expect.stringContaining('nobody uses bob->n1'),
    })
  })

  it('is unknown when it was not seen to end', () => {
    expect(check(fault(0, { witnessedOffMs: null })).why).toContain('was not seen to end')
  })

  it('judges the last word on each fault', () => {
    expect(check(fault(0, { witnessedOnMs: null, witnessedOffMs: null }), fault(0)).outcome).toBe('passed')
  })
})

describe('recovery-time (CH-106, NF-3)', () => {
  const check = (...events: TestEvent[]) => recoveryTime(10_000).check(historyOf(...events))
  // Witnessed off at 16 s.
  const lost = [join('alice', 0), fault(10_000), disconnect('alice', 10_500)]

  it('is valid when who was cut off is back in time', () => {
    expect(check(...lost, join('alice', 18_000), theEnd(60_000)).evidence).toEqual({
      measuredMs: { 'alice after node.kill n2': 2_000 },
    })
  })

  it('is invalid when it takes too long, or never happens', () => {
    expect(check(...lost, join('alice', 30_000), theEnd(60_000)).why).toContain('too slow: alice took 14000 ms')
    expect(check(...lost, theEnd(60_000)).why).toContain('not recovered: alice')
  })

  it('is unknown when a process stood still meanwhile: slowness alone proves nothing', () => {
    expect(check(...lost, stall(25_000, 5_000, 'n2'), join('alice', 30_000), theEnd(60_000))).toMatchObject({
      outcome: 'unknown',
      why: expect.stringMatching(/^too slow: .* stood still for 5000 ms$/),
    })
    expect(check(...lost, stall(25_000, 5_000), theEnd(60_000)).outcome).toBe('unknown')
    expect(check(...lost, stall(5_000, 5_000), theEnd(60_000)).outcome).toBe('violated')
  })

  it('measures every loss, and from the loss when the fault was over by then', () => {
    const again = [join('alice', 17_000), disconnect('alice', 18_500), join('alice', 26_000)]
    expect(check(...lost, ...again, theEnd(60_000)).evidence).toEqual({
      measuredMs: { 'alice after node.kill n2': 7_500 },
    })
    expect(check(...lost, join('alice', 17_000), disconnect('alice', 18_500), theEnd(60_000)).outcome).toBe('violated')
  })

  it('does not blame a fault for what was lost long after it, or before it', () => {
    const late = [join('alice', 0), fault(10_000), disconnect('alice', 30_000), theEnd(60_000)]
    expect(check(...late).why).toBe('nobody lost the connection')
    expect(check(join('alice', 0), disconnect('alice', 9_000), fault(10_000), theEnd(60_000)).outcome).toBe('passed')
  })

  it('is unknown when the record ends before the bound is over: who was stopped is not too slow', () => {
    // Witnessed off at 16 s: there was time until 26 s.
    expect(check(...lost, theEnd(25_900)).outcome).toBe('unknown')
    expect(check(...lost, theEnd(26_100)).outcome).toBe('violated')
  })

  it('is unknown when nobody was there to lose anything', () => {
    expect(check(fault(10_000), theEnd(60_000)).outcome).toBe('unknown')
  })

  it('is unknown when no fault was witnessed to its end', () => {
    expect(check(join('alice', 0), fault(10_000, { witnessedOffMs: null }), theEnd(60_000)).outcome).toBe('unknown')
  })
})

describe('joined-topics (CH-8, CH-108)', () => {
  const told = (clientHeartbeatMs?: number): TestEvent => ({
    type: 'read',
    who: 'scenario',
    operation: mannersOf.settings,
    value: { idleTimeoutMs: 60_000, ...(clientHeartbeatMs && { clientHeartbeatMs }) },
  })
  const client = (more: object = {}) =>
    final('joined', { connected: true, expected: ['ping'], joined: ['ping'], ...more }, 'boss')
  const check = (...events: TestEvent[]) => joinedTopics.check(historyOf(...events))

  it('passes for clients with their topics that say as often as they were told that they are there', () => {
    expect(check(told(1_000), client(), client({ heartbeatsMs: [1_000, 1_000] })).outcome).toBe('passed')
    expect(check(told(), client({ heartbeatsMs: [30_000] })).outcome).toBe('passed')
  })

  it('is violated by a client without a connection or a topic, and by one whose heart is slow', () => {
    expect(check(client({ connected: false })).why).toBe('not connected: boss')
    expect(check(client({ joined: [] })).why).toBe('connected but not joined: boss misses ping')
    expect(check(told(1_000), client({ heartbeatsMs: [1_000, 30_000] })).why).toBe(
      'slow heart: boss says that it is there every 1000 and 30000 ms, and its page was told 1000 ms',
    )
  })

  it('is unknown when nobody was looked at', () => expect(check(told(1_000)).outcome).toBe('unknown'))
})
