import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { publicName, publicValue } from '../../../system/observer/public-view.ts'

describe('what an inspector shows of names (CT-18)', () => {
  it.each([
    ['Pipeline.Producer', 'Pipeline.Producer'],
    ['PingChannel:ping', 'PingChannel:ping'],
    ['CartChannel:cart:abc123', 'CartChannel:cart:*'],
    ['CartChannel:cart:abc123 task', 'CartChannel:cart:*'],
    ['ProductChannel:product:1:more', 'ProductChannel:product:*'],
    ['AnyChannel:SFMyNTY', 'AnyChannel:*'],
    ['LiveChannel:lv:phx-F8h', 'LiveChannel:lv:*'],
  ])('%s is shown as %s', (name, shown) => expect(publicName(name)).toBe(shown))

  it('has nothing of a cart id, whatever it is', () => {
    const base64 = fc.base64String({ minLength: 24, maxLength: 64 })
    fc.assert(fc.property(base64, (id) => !publicName(`CartChannel:cart:${id}`).includes(id)))
  })
})

describe('what an inspector shows of a state', () => {
  it('is numbers and words with their structure', () => {
    const state = { state: 'up', connections: 3, isLoaded: true, nothing: null, sizes: [1, 2], big: 5n }
    expect(publicValue(state)).toEqual({ ...state, big: '5' })
  })

  it('has no value of a field that sounds like a secret, and no text that is not made of words', () => {
    const state = { token: 'a', userToken: 'b', cart_id: 'c', cartId: 'd', password: 'e', name: '4f9a-77' }
    const shown = JSON.stringify(publicValue(state))
    expect(publicValue(state)).toMatchObject({ token: 'not shown', cartId: 'not shown', name: 'text of 7 characters' })
    expect(shown).not.toContain('4f9a')
  })

  it('is not endless', () => {
    const loop: Record<string, unknown> = { list: Array.from({ length: 1_000 }, (_, index) => index) }
    loop.self = loop
    expect(JSON.stringify(publicValue(loop)).length).toBeLessThan(2_000)
  })
})
