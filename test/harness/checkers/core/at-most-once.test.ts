import { describe, expect, it } from 'vitest'
import { atMostOnce } from '../../../../harness/checkers/core/at-most-once.ts'
import { fault, historyOf, join, leave, publish, receive, stall, theEnd } from '../../../support/histories.ts'

const check = (...events: Parameters<typeof historyOf>) => atMostOnce.check(historyOf(...events))

describe('at-most-once (AM-1, AM-3..6)', () => {
  it('is valid when everything arrives once', () => {
    const verdict = check(join('alice', 0), publish('n1', 1, 5_000), receive('alice', 'n1', 1, 5_010), theEnd(20_000))
    expect(verdict).toMatchObject({ outcome: 'passed', evidence: { once: 1 } })
  })

  it('is valid when a loss lies within a witnessed fault', () => {
    const verdict = check(
      join('alice', 0),
      publish('n1', 1, 5_000),
      receive('alice', 'n1', 1, 5_010),
      fault(20_000),
      publish('n1', 2, 22_000),
      theEnd(60_000),
    )
    expect(verdict).toMatchObject({ outcome: 'passed', evidence: { 'lost-in-witnessed-window': 1 } })
  })

  it('is invalid for a duplicate', () => {
    const twice = [receive('alice', 'n1', 1, 5_010), receive('alice', 'n1', 1, 5_020)]
    const verdict = check(join('alice', 0), publish('n1', 1, 5_000), ...twice, theEnd(20_000))
    expect(verdict).toMatchObject({ outcome: 'violated', why: expect.stringContaining('duplicate') })
  })

  it('does not excuse a duplicate with a fault', () => {
    const twice = [receive('alice', 'n1', 1, 5_010), receive('alice', 'n1', 1, 5_020)]
    const verdict = check(join('alice', 0), fault(4_000), publish('n1', 1, 5_000), ...twice, theEnd(20_000))
    expect(verdict.outcome).toBe('violated')
  })

  it('is invalid for a loss that nothing explains', () => {
    const verdict = check(join('alice', 0), publish('n1', 1, 9_000), theEnd(20_000))
    expect(verdict).toMatchObject({ outcome: 'violated', why: expect.stringContaining('lost-unexplained') })
  })

  it('is unknown for losses near which a process stood still: its peers may have given it up', () => {
    const lost = [join('alice', 0), publish('n1', 1, 9_000), publish('n1', 2, 30_000)]
    expect(check(...lost, stall(10_000, 1_500, 'n2'), stall(31_000, 900), theEnd(60_000))).toMatchObject({
      outcome: 'unknown',
      why: 'lost-unexplained: message 1 of n1 to alice never arrived, but the machine stood still for 1500 ms',
    })
    expect(check(...lost, stall(10_000, 1_500, 'n2'), theEnd(60_000))).toMatchObject({
      outcome: 'violated',
      why: 'lost-unexplained: message 2 of n1 to alice never arrived',
    })
  })

  it('excuses no duplicate with a process that stood still', () => {
    const twice = [receive('alice', 'n1', 1, 5_010), receive('alice', 'n1', 1, 5_020)]
    const verdict = check(join('alice', 0), publish('n1', 1, 5_000), ...twice, stall(5_015, 2_000), theEnd(20_000))
    expect(verdict.outcome).toBe('violated')
  })

  it('does not excuse a loss with a fault that nobody witnessed', () => {
    const unseen = fault(8_000, { witnessedOnMs: null })
    expect(check(join('alice', 0), unseen, publish('n1', 1, 9_000), theEnd(20_000)).outcome).toBe('violated')
  })

  it('is invalid when a message overtakes another of its publisher (AM-6)', () => {
    const sent = [publish('n1', 1, 5_000), publish('n1', 2, 5_001)]
    const seen = [receive('alice', 'n1', 2, 5_010), receive('alice', 'n1', 1, 5_011)]
    const verdict = check(join('alice', 0), ...sent, ...seen, theEnd(20_000))
    expect(verdict).toMatchObject({ outcome: 'violated', why: expect.stringContaining('reordered') })
  })

  it('is invalid for a loss that another link cannot explain', () => {
    const elsewhere = fault(8_000, { kind: 'link.cut', target: 'n3->n2' })
    expect(check(join('alice', 0), elsewhere, publish('n1', 1, 9_000), theEnd(20_000)).why).toMatch(/^lost-unexplained/)
  })

  it('is invalid for a message that was kept while the link was cut and sent afterwards (AM-4)', () => {
    const cut = fault(8_000, { kind: 'link.cut', target: 'n1->n2' })
    const verdict = check(
      join('alice', 0),
      cut,
      publish('n1', 1, 9_000),
      receive('alice', 'n1', 1, 14_000),
      theEnd(20_000),
    )
    expect(verdict).toMatchObject({ outcome: 'violated', why: expect.stringMatching(/^late: /) })
  })

  it('is invalid for a message to somebody who left long before', () => {
    const verdict = check(
      join('alice', 0),
      leave('alice', 5_000),
      publish('n1', 1, 15_000),
      receive('alice', 'n1', 1, 15_010),
      theEnd(20_000),
    )
    expect(verdict).toMatchObject({ outcome: 'violated', why: expect.stringMatching(/^non-member: /) })
  })

  it('is unknown without subscribers, without messages, and when not one arrived', () => {
    expect(check(publish('n1', 1, 1_000)).outcome).toBe('unknown')
    expect(check(join('alice', 0)).outcome).toBe('unknown')
    expect(check(join('alice', 0), fault(20_000), publish('n1', 1, 22_000), theEnd(60_000)).outcome).toBe('unknown')
  })
})
