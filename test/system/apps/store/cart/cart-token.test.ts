import { describe, expect, it } from 'vitest'
import { addItem, type Cart, emptyCart, itemIds, removeItem } from '../../../../../system/apps/store/cart/cart.ts'
import { cartTokenAgeMaxS, createCartTokens } from '../../../../../system/apps/store/cart/cart-token.ts'
import { signToken } from '../../../../../system/channels/index.ts'
import { createFakeClock } from '../../../../support/channel-case.ts'

const secret = 's'.repeat(32)
const salt = 'shopping cart serialization'
const after = (result: ReturnType<typeof addItem>): Cart => {
  if (!result.ok) throw new Error(result.error)
  return result.cart
}
const cart = after(removeItem(after(addItem(after(addItem(emptyCart, 3)), 1)), 3))

function setUp() {
  const clock = createFakeClock()
  const sign = (data: unknown, own: Partial<{ secret: string; salt: string }> = {}) =>
    signToken({ secret, salt, data, nowMs: clock.now(), ...own })
  return { clock, sign, tokens: createCartTokens({ secret, clock }) }
}

describe('a stored cart', () => {
  it('comes back as it was, with what is needed to merge it (CT-3, CT-11)', async () => {
    const { tokens } = setUp()
    expect(await tokens.restore(await tokens.sign(cart))).toEqual(cart)
  })

  it('is another text each time (CT-14)', async () => {
    const { tokens } = setUp()
    expect(await tokens.sign(cart)).not.toBe(await tokens.sign(cart))
  })

  it('is good for seven days and not for a second more (CT-11, DF-134)', async () => {
    const { tokens, clock } = setUp()
    const token = await tokens.sign(cart)
    await clock.advance(cartTokenAgeMaxS * 1_000)
    expect(itemIds(await tokens.restore(token))).toEqual([1])
    await clock.advance(1_000)
    expect(await tokens.restore(token)).toEqual(emptyCart)
  })

  it.each([undefined, null, '', 'garbage', 7, ['a'], {}])(
    'is empty when the token is %j, as in another browser (CT-13, DF-84, DF-134)',
    async (token) => {
      expect(await setUp().tokens.restore(token)).toEqual(emptyCart)
    },
  )

  it('is empty when it was signed by another, for another purpose, or changed (CT-11, CT-13)', async () => {
    const { tokens, sign } = setUp()
    const payload = { items: [1] }
    expect(await tokens.restore(await sign(payload, { secret: 'x'.repeat(32) }))).toEqual(emptyCart)
    expect(await tokens.restore(await sign(payload, { salt: 'admin socket' }))).toEqual(emptyCart)
    const good = await sign(payload)
    const at = good.length - 10
    const changed = good.slice(0, at) + (good[at] === 'A' ? 'B' : 'A') + good.slice(at + 1)
    expect(await tokens.restore(changed)).toEqual(emptyCart)
  })

  it('takes the items of a payload and ignores what it does not know (CT-12)', async () => {
    const { tokens, sign } = setUp()
    const itemsOf = async (data: unknown) => itemIds(await tokens.restore(await sign(data)))
    expect(await itemsOf({ items: [2, 1], theme: 'dark' })).toEqual([2, 1])
    expect(await itemsOf({})).toEqual([])
    expect(await itemsOf(null)).toEqual([])
    expect(await itemsOf({ items: [1, 1, 'two', 3.5, 4] })).toEqual([1, 4])
    expect(await itemsOf({ items: [1], changes: { 1: 2, 5: 1 } })).toEqual([1])
  })
})
