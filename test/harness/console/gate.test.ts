import { describe, expect, it } from 'vitest'
import { refusalOf } from '../../../harness/console/gate.ts'

const gate = { port: 4321, token: 'right' }
const good = { method: 'GET', host: '127.0.0.1:4321', origin: undefined, token: undefined, cookie: 'right' }
const refused = (changed: Partial<typeof good> | object) => refusalOf({ ...good, ...changed }, gate)

describe('who may use the console', () => {
  it.each([
    ['the cookie', {}],
    ['the token of the address', { cookie: undefined, token: 'right' }],
    ['the other name of loopback', { host: 'localhost:4321' }],
    ['a button of its own page', { method: 'POST', origin: 'http://127.0.0.1:4321' }],
  ])('admits %s', (_what, changed) => {
    expect(refused(changed)).toBeUndefined()
  })

  it.each([
    ['no token', { cookie: undefined }, 'the token is missing or wrong'],
    ['a wrong cookie', { cookie: 'wrong' }, 'the token is missing or wrong'],
    ['a wrong token with the right cookie', { token: 'wrong' }, 'the token is missing or wrong'],
    ['a beginning of the token', { cookie: 'righ' }, 'the token is missing or wrong'],
    ['another name for this machine', { host: 'rebound.example:4321' }, 'for the host "rebound.example:4321"'],
    ['another port', { host: '127.0.0.1:80' }, 'for the host "127.0.0.1:80"'],
    ['no host', { host: undefined }, 'for the host ""'],
    ['a page of the shop', { origin: 'http://127.0.0.1:4000' }, 'from a page of "http://127.0.0.1:4000"'],
    ['a page of nowhere', { origin: 'null' }, 'from a page of "null"'],
    ['a change without an origin', { method: 'POST' }, 'must say its origin'],
  ])('refuses %s, and says why', (_what, changed, why) => {
    expect(refused(changed)).toContain(why)
  })
})
