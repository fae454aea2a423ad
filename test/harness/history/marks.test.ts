import { describe, expect, it } from 'vitest'
import { markOf, marksIn } from '../../../harness/history/marks.ts'

const cartId = 'Ab1+/xYz0123456789Ab1+/xYz0123456789Ab1+/xYz0123456789Ab1+/xYz01'
const token = (claims: object) =>
  `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJlIG9mIHRoZSB0b2tlbg`

describe('the marks of an answer', () => {
  it.each([
    ['in a frame', `["1","2","cart:${cartId}","phx_reply",{}]`],
    ['in a script', `window.cartId = "${cartId.replaceAll('/', '\\u002F')}"`],
    ['in JSON of others', `{"id":"${cartId.replaceAll('/', '\\/')}"}`],
    ['in HTML', `<input value="${cartId.replaceAll('/', '&#x2F;').replaceAll('+', '&#x2b;')}">`],
    ['in an address', `/?id=${encodeURIComponent(cartId)}`],
    ['in the content of a token', `_sneakers23=${token({ data: { cartId, csrfSecret: 'x' } })}; Path=/`],
  ])('hold that of a secret %s', (_where, text) => {
    expect(marksIn(text)).toContain(markOf(cartId))
  })

  it('hold no other, no words, and nothing of the text itself', () => {
    const marks = marksIn(`cart:${cartId.toLowerCase()} product-list__size-container--level-low ${cartId.slice(1)}`)
    expect(marks).not.toContain(markOf(cartId))
    expect(marks).toHaveLength(2)
    expect(marks.join()).toMatch(/^[0-9a-f]{16},[0-9a-f]{16}$/)
  })

  it('hold a whole token too', () => {
    const cookie = token({ data: 1 })
    expect(marksIn(`cookie=${cookie}; HttpOnly`)).toEqual([markOf(cookie)])
  })
})
