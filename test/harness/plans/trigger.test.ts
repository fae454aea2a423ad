import { describe, expect, it } from 'vitest'
import type { HistoryEvent } from '../../../harness/history/operation.ts'
import { describeTrigger, hasFired, type Trigger, triggerShape } from '../../../harness/plans/trigger.ts'

const events = (...some: Partial<HistoryEvent>[]) =>
  some.map((one, index) => ({ index, tMs: index, who: 'ann', type: 'receive', ...one })) as HistoryEvent[]
const heard = (who: string, topic: string) => ({ who, topic, type: 'receive' as const })
const begun = (operation: string) => ({ operation, type: 'invoke' as const })

describe('a point of a scenario (FI-18)', () => {
  const carts: Trigger = { after: 'broadcast', topic: 'cart:*', count: 2 }

  it('is passed when somebody heard so many messages on a topic, and not when two heard the same one', () => {
    expect(hasFired(carts, events(heard('ann', 'cart:[id]'), heard('ben', 'cart:[id]')))).toBe(false)
    expect(hasFired(carts, events(heard('ann', 'cart:[id]'), heard('ann', 'ping')))).toBe(false)
    expect(hasFired(carts, events(heard('ann', 'cart:[id]'), heard('ann', 'cart:[id]')))).toBe(true)
  })

  it('means one topic where it has no star', () => {
    const ping: Trigger = { after: 'broadcast', topic: 'ping', count: 1 }
    expect(hasFired(ping, events(heard('ann', 'ping:1')))).toBe(false)
    expect(hasFired(ping, events(heard('ann', 'ping')))).toBe(true)
  })

  it('is passed when an action has begun so often, however it ends', () => {
    const second: Trigger = { after: 'op', name: 'purchase', count: 2 }
    const ended = { ...begun('purchase'), type: 'ok' as const }
    expect(hasFired(second, events(begun('purchase'), ended, begun('sell')))).toBe(false)
    expect(hasFired(second, events(begun('purchase'), begun('purchase')))).toBe(true)
  })

  it('is between two halves of an operation when one was seen to wait there', () => {
    const between: Trigger = { between: ['reserve', 'commit'] }
    expect(hasFired(between, events(begun('purchase')))).toBe(false)
    expect(hasFired(between, events({ type: 'read', operation: 'between reserve and commit' }))).toBe(true)
  })

  it.each<[Trigger, string]>([
    [carts, 'after the 2nd broadcast on cart:*'],
    [{ after: 'op', name: 'sell', count: 1 }, 'after the 1st sell'],
    [{ after: 'op', name: 'sell', count: 4 }, 'after the 4th sell'],
    [{ between: ['reserve', 'commit'] }, 'between reserve and commit'],
  ])('reads as a person says it: %j', (trigger, words) => expect(describeTrigger(trigger)).toBe(words))

  it.each([{ after: 'op', name: 'sell', count: 0 }, { after: 'tea', count: 1 }, { between: ['reserve'] }])(
    'is not %j',
    (wrong) => expect(triggerShape.safeParse(wrong).success).toBe(false),
  )
})
