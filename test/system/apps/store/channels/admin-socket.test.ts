import { describe, expect, it } from 'vitest'
import { emptyCart } from '../../../../../system/apps/store/cart/cart.ts'
import { createCartTokens } from '../../../../../system/apps/store/cart/cart-token.ts'
import { adminSocket, createAdminTokens } from '../../../../../system/apps/store/channels/admin-socket.ts'
import { cartTrackerTopic } from '../../../../../system/apps/store/presence/cart-tracker.ts'
import { connectTo, createFakeClock, openCase } from '../../../../support/channel-case.ts'

const secret = 's'.repeat(32)
const state = { key: { metas: [{ page: '/', items: [1], phx_ref: 'r1' }] } }

function setUp() {
  const clock = createFakeClock()
  const tokens = createAdminTokens({ secret, clock })
  return { clock, tokens, definition: adminSocket({ tokens, stateOf: () => state }) }
}

describe('the socket of the dashboard', () => {
  it('opens with its own token, for a day (PA-34, PA-35)', async () => {
    const { clock, tokens, definition } = setUp()
    const token = await tokens.sign()
    expect(await connectTo(definition, { token })).toMatchObject({ kind: 'connected', id: null })
    await clock.advance(86_401_000)
    expect(await connectTo(definition, { token })).toEqual({ kind: 'refused', reason: ':expired' })
  })

  it('opens with nothing else (PA-34, PA-35, DF-26)', async () => {
    const { clock, definition } = setUp()
    const cart = await createCartTokens({ secret, clock }).sign(emptyCart)
    expect(await connectTo(definition)).toEqual({ kind: 'refused', reason: 'missing params' })
    for (const token of ['garbage', cart])
      expect(await connectTo(definition, { token })).toEqual({ kind: 'refused', reason: ':invalid' })
  })

  it('has no long poll (PA-35)', () => {
    expect(setUp().definition.options?.longpoll).toBeUndefined()
  })

  it('says who is there after the join, and has no other topic (PA-18, PA-36, DF-95)', async () => {
    const { tokens, definition } = setUp()
    const admin = await openCase(definition, { params: { token: await tokens.sign() } })
    expect(await admin.join(cartTrackerTopic)).toEqual({ status: 'ok', response: {} })
    await expect.poll(() => admin.received('presence_state')).toEqual([state])
    expect(await admin.join('admin:other')).toEqual({ status: 'error', response: { reason: 'unmatched topic' } })
  })
})
