import { describe, expect, it } from 'vitest'
import { pushesHandledOnce } from '../../../../harness/checkers/core/pushes-handled-once.ts'
import { fault, final, historyOf, type TestEvent } from '../../../support/histories.ts'

let lastOp = 0
/** A push and how it ended. */
function push(end: 'ok' | 'unsure'): TestEvent[] {
  lastOp += 1
  const own = { who: 'gus', operation: 'push', op: lastOp, value: { channel: 'PingChannel' } }
  return [
    { type: 'invoke', ...own },
    { type: end, ...own },
  ]
}
const counted = (node: string, count: number) => final('node-state', { pushes: { PingChannel: count } }, node, node)
const check = (...events: TestEvent[]) => pushesHandledOnce.check(historyOf(...events))
const three = [...push('ok'), ...push('ok'), ...push('unsure')]

describe('pushes-handled-once (AM-10)', () => {
  it.each([2, 3])('is valid when of three pushes, two of them answered, %i were handled', (handled) => {
    expect(check(...three, counted('n1', 1), counted('n2', handled - 1)).outcome).toBe('passed')
  })

  it('is invalid when more were handled than tried', () => {
    expect(check(...three, counted('n1', 2), counted('n2', 2))).toMatchObject({
      outcome: 'violated',
      why: 'handled twice: PingChannel handled 4 pushes of 3',
    })
  })

  it('is invalid when fewer were handled than answered', () => {
    expect(check(...three, counted('n1', 1))).toMatchObject({
      outcome: 'violated',
      why: expect.stringMatching(/^answered without/),
    })
  })

  it('does not count what a node had handled before the first step', () => {
    const before: TestEvent = { ...counted('n1', 40), type: 'read' }
    expect(check(before, ...three, counted('n1', 42), counted('n2', 1)).outcome).toBe('passed')
    expect(check(before, ...three, counted('n1', 44)).why).toBe('handled twice: PingChannel handled 4 pushes of 3')
  })

  it('is left out, with the reason, where no node shows its pushes', () => {
    const shown = [...three, counted('n1', 2)]
    const hidden = [...three, final('node-state', { connections: [] }, 'n1', 'n1')]
    expect(pushesHandledOnce.lacks?.(historyOf(...shown))).toBe(undefined)
    expect(pushesHandledOnce.lacks?.(historyOf(...hidden))).toBe('no node shows how many pushes it has handled')
    expect(check(...hidden).outcome).toBe('unknown')
  })

  it('is unknown when nobody pushed, no node was asked, or a node forgot', () => {
    expect(check(...three).outcome).toBe('unknown')
    expect(check(counted('n1', 1)).outcome).toBe('unknown')
    expect(check(...three, fault(0, { kind: 'node.kill' }), counted('n1', 2)).outcome).toBe('unknown')
  })
})
