import { describe, expect, it } from 'vitest'
import { type Asked, createGate } from '../../../system/observer/gate.ts'

const gate = createGate('the secret', 'the token')
const cookie = gate.cookieFor('the secret')!
const asked = (own: Partial<Asked>): Asked => ({
  method: 'GET',
  path: '/observer/tree',
  host: '127.0.0.1:4100',
  origin: undefined,
  authorization: undefined,
  cookies: {},
  ...own,
})
const loggedIn = { squall_observer: 'the token' }
const own = 'http://127.0.0.1:4100'

describe('who may use the inspector without the secret in a header (RT-75)', () => {
  it.each([
    ['anybody sees the form', { path: '/observer' }, true],
    ['anybody gets the style of the form', { path: '/observer/style.css' }, true],
    ['nobody else sees anything', {}, false],
    ['whoever is logged in does', { cookies: loggedIn }, true],
    ['a cookie of somebody else does not help', { cookies: { squall_observer: 'the tokem' } }, false],
    ['the cookie opens nothing but the inspector', { path: '/state', cookies: loggedIn }, false],
    ['nor what only begins like it', { path: '/observers', cookies: loggedIn }, false],
    ['the form may be sent', { method: 'POST', path: '/observer/login', origin: own }, true],
    ['the form of another page may not', { method: 'POST', path: '/observer/login', origin: 'http://evil' }, false],
    ['whoever is logged in may kill', { method: 'POST', path: '/observer/kill', origin: own, cookies: loggedIn }, true],
    [
      'another page on this machine may not use their cookie',
      { method: 'POST', path: '/observer/kill', origin: 'http://127.0.0.1:9999', cookies: loggedIn },
      false,
    ],
    [
      'a request without an origin changes nothing',
      { method: 'POST', path: '/observer/kill', cookies: loggedIn },
      false,
    ],
    ['nobody kills without a login', { method: 'POST', path: '/observer/kill', origin: own }, false],
  ] as const)('%s', (_what, request, expected) => expect(gate.admits(asked(request))).toBe(expected))

  it('knows those with the secret or the cookie, and no others', () => {
    expect(gate.isKnown(asked({ authorization: 'Bearer the secret' }))).toBe(true)
    expect(gate.isKnown(asked({ authorization: 'Bearer another' }))).toBe(false)
    expect(gate.isKnown(asked({ cookies: loggedIn }))).toBe(true)
    expect(gate.isKnown(asked({}))).toBe(false)
  })

  it('gives a cookie for the secret only, and not the secret as a cookie', () => {
    expect(gate.cookieFor('another')).toBeUndefined()
    expect(cookie).toContain('HttpOnly; SameSite=Strict')
    expect(cookie).toContain('Path=/observer;')
    expect(cookie).not.toContain('the secret')
  })
})
