import { describe, expect, it } from 'vitest'
import type { PubSubAdapter, RemoteMessage } from '../../../system/pubsub/adapter.ts'
import { type TamperRule, tampered } from '../../../system/pubsub/index.ts'
import { createFakeClock } from '../../support/channel-case.ts'

function setUp() {
  const clock = createFakeClock()
  let arrive: (message: RemoteMessage) => void = () => {}
  const plain = {
    async start(onRemote) {
      arrive = onRemote
    },
    counters: { remoteSent: 1, remoteReceived: 2 },
  } as PubSubAdapter
  const adapter = tampered(plain, clock)
  const got: string[] = []
  void adapter.start(({ event }) => void got.push(event))
  const rule = (effect: TamperRule['effect'], ...topics: string[]) => adapter.tamper([{ topics, effect, delayMs: 100 }])
  return { clock, adapter, got, rule, send: (event: string, topic = 'cart:1') => arrive({ topic, event, payload: {} }) }
}

describe('messages that are tampered with (FI-8, FI-9)', () => {
  it('arrive as they are without a rule, and when they are not meant', () => {
    const { got, rule, send } = setUp()
    send('a')
    rule('drop', 'tracker:')
    send('b')
    expect(got).toEqual(['a', 'b'])
  })

  it('are dropped, or come twice', () => {
    const { adapter, got, rule, send } = setUp()
    rule('drop', 'cart:')
    send('a')
    rule('duplicate', 'other:', 'cart:')
    send('b')
    expect(got).toEqual(['b', 'b'])
    expect(adapter.counters).toEqual({ remoteSent: 1, remoteReceived: 2, tampered: 2 })
  })

  it('come late', async () => {
    const { clock, got, rule, send } = setUp()
    rule('delay', 'cart:')
    send('a')
    expect(got).toEqual([])
    await clock.advance(100)
    expect(got).toEqual(['a'])
  })

  it('overtake one another, and a last one is not kept for ever', async () => {
    const { clock, got, rule, send } = setUp()
    rule('reorder', 'cart:')
    for (const event of ['a', 'b', 'c']) send(event)
    expect(got).toEqual(['b', 'a'])
    await clock.advance(100)
    expect(got).toEqual(['b', 'a', 'c'])
  })

  it('overtake those of their own topic, whatever else arrives in between', async () => {
    const { got, rule, send } = setUp()
    rule('reorder', 'cart:', 'tracker:')
    send('a', 'cart:1')
    send('x', 'tracker:1')
    send('b', 'cart:1')
    expect(got).toEqual(['b', 'a'])
  })
})
