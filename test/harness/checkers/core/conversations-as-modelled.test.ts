import { describe, expect, it } from 'vitest'
import { conversationsAsModelled } from '../../../../harness/checkers/core/conversations-as-modelled.ts'
import { fault, final, historyOf, type TestEvent } from '../../../support/histories.ts'

const ended = (frames: number, missing?: string) =>
  final('conversation', { frames, ...(missing && { missing }) }, 'visitor-1', 'n1')
const check = (...events: TestEvent[]) => conversationsAsModelled.check(historyOf(...events))

describe('conversations-as-modelled (CH-37, CH-50, CH-56, CH-69)', () => {
  it('is valid when every frame came as it had to', () => {
    expect(check(ended(12))).toMatchObject({ outcome: 'passed', why: expect.stringMatching(/^12 frames/) })
  })

  it('is invalid when a frame came that had no place there', () => {
    const wrong = 'the node sent ["1","2"], expected nothing more on ping:a'
    const event = { type: 'read', who: 'visitor-1', node: 'n1', operation: 'conversation', value: { wrong } } as const
    expect(check(event, ended(12))).toMatchObject({ outcome: 'violated', why: `wrong: visitor-1 at n1: ${wrong}` })
  })

  it('is invalid when a frame never came', () => {
    expect(check(ended(12, 'the node never sent ["1"]'))).toMatchObject({
      outcome: 'violated',
      why: 'missing: visitor-1 at n1: the node never sent ["1"]',
    })
  })

  it('is invalid when a connection ended and nothing was broken, and says nothing of one that a fault ended', () => {
    const end = { type: 'read', who: 'visitor-1', node: 'n1', operation: 'conversation-end', tMs: 5_000 } as const
    expect(check(end, ended(12))).toMatchObject({
      outcome: 'violated',
      why: 'ended: the connection of visitor-1 to n1 ended, and nothing was broken',
    })
    expect(check(fault(4_000, { parts: ['n1'] }), end, ended(12)).outcome).toBe('passed')
  })

  it('waits for a client that polls through another node, as long as a lost poll may wait', () => {
    const missing = 'the node never sent ["1"]'
    const elsewhere = (tMs: number) => ({
      ...final('conversation', { frames: 12, missing, through: 'n2' }, 'visitor-1', 'n1'),
      tMs,
    })
    const broken = fault(1_000, { parts: ['n1->n2'], witnessedOffMs: 2_000 })
    expect(check(elsewhere(9_000)).outcome).toBe('violated')
    expect(check(broken, elsewhere(16_000)).outcome).toBe('passed')
    expect(check(broken, elsewhere(18_000)).outcome).toBe('violated')
    const end = { type: 'read', who: 'visitor-1', node: 'n1', operation: 'conversation-end', tMs: 2_500 } as const
    expect(check(broken, { ...end, value: { through: 'n2' } }, ended(12)).outcome).toBe('passed')
    expect(check(broken, end, ended(12)).outcome).toBe('violated')
  })

  it('does not judge where nobody talked, and says so of an empty history', () => {
    expect(conversationsAsModelled.needs?.(historyOf())).toBe(false)
    expect(check().outcome).toBe('unknown')
    expect(check(ended(0)).outcome).toBe('unknown')
  })
})
