// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { demoPage } from '../../../../../system/apps/hello/page.ts'
import { closePageCase, openPageCase, type PageCase, setReachable } from '../../../../support/page-case.ts'

const pushTimeoutMs = 3_000
const html = demoPage({ userId: '7', authToken: 'first', heartbeatMs: 60_000, pushTimeoutMs })

let page: PageCase
beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  page = await openPageCase(html, () => import('../../../../../system/apps/hello/client/hello.ts'))
  await page.pass(20)
})
afterEach(closePageCase)

const states = () => [...document.querySelectorAll('.sockets span')].map(({ textContent }) => textContent)
const lines = () => [...document.querySelectorAll('.log li')].map((line) => line.lastChild!.textContent)
const socketOf = (path: string) => page.sockets().findLast(({ url }) => url.includes(path))!

describe('the demo page', () => {
  it('says of each of its five connections whether it is open (CH-134)', async () => {
    expect(states()).toEqual(['open', 'open', 'open', 'open', 'open'])
    setReachable(false)
    socketOf('/auth_socket').ends(1_006)
    expect(states()).toEqual(['open', 'closed', 'open', 'open', 'open'])
    setReachable(true)
    await page.pass(1_000)
    expect(states()).toEqual(['open', 'open', 'open', 'open', 'open'])
  })

  it('connects again with the newest token (CH-127, AT-11)', async () => {
    const first = socketOf('/auth_socket')
    const [joinRef] = first.sent.find(([, , topic]) => topic === 'recurring')!
    first.receives(joinRef, null, 'recurring', 'new_token', { token: 'second' })
    first.ends(1_006)
    await page.pass(1_000)
    expect(new URL(first.url).searchParams.get('token')).toBe('first')
    expect(new URL(socketOf('/auth_socket').url).searchParams.get('token')).toBe('second')
  })

  it('says of each request that nobody answered it', async () => {
    expect(lines()).not.toContain('ping timeout')
    await page.pass(pushTimeoutMs + 100)
    for (const sentence of ['ping timeout', 'pong message timeout', 'invalid event timeout', 'param_ping timeout'])
      expect(lines()).toContain(sentence)
    expect(lines().filter((line) => line?.startsWith('pong message timeout slow_ping'))).toHaveLength(5)
  })

  it('says of each topic how its join ended, and leaves the one that is refused (CH-110)', async () => {
    expect(lines()).toContain('Joined ping {}')
    page.replies.phx_join = ([, , topic]) =>
      topic === 'ping' ? undefined : { status: 'error', response: { reason: 'no' } }
    const socket = page.sockets()[0]!
    const [joinRef] = socket.sent.find(([, , topic, event]) => topic === 'ping' && event === 'phx_join')!
    socket.receives(joinRef, null, 'ping', 'phx_error', {})
    await page.pass(pushTimeoutMs + 1_100)
    expect(lines()).toContain('Unable to join ping in time')
    socketOf('/auth_socket').ends(1_006)
    await page.pass(1_000)
    expect(lines()).toContain('Unable to join tracked {"reason":"no"}')
  })

  it('shows what it hears as text, the newest first, and not without end', async () => {
    const socket = page.sockets()[0]!
    const [joinRef] = socket.sent.find(([, , topic]) => topic === 'dupe')!
    for (let number = 1; number <= 300; number += 1) socket.receives(joinRef, null, 'dupe', 'number', { number })
    socket.receives(joinRef, null, 'dupe', 'number', { number: '<img src=x>' })
    expect(lines()).toHaveLength(200)
    expect(lines()[0]).toBe('new number received {"number":"<img src=x>"}')
    expect(lines()[1]).toBe('new number received {"number":300}')
    expect(document.querySelector('.log img')).toBeNull()
  })
})
