// @vitest-environment happy-dom
import type { Channel, Socket } from 'phoenix'
import { act, createElement as h, type ReactNode, StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { MemoryRouter } from 'react-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ActivityAlerts } from '../../../../system/apps/spa/client/activity-alerts.tsx'
import { ActivityChannel } from '../../../../system/apps/spa/client/activity-channel.tsx'
import { ActivityFeedPage } from '../../../../system/apps/spa/client/activity-feed-page.tsx'
import { AppSocket } from '../../../../system/apps/spa/client/app-socket.tsx'
import { CountPage } from '../../../../system/apps/spa/client/count-page.tsx'
import { PingChannel, usePings } from '../../../../system/apps/spa/client/ping-channel.tsx'
import { PingsPage } from '../../../../system/apps/spa/client/pings-page.tsx'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

/** A socket that writes down what is done with it, and answers each push in one way. */
function fakeSocket(status = 'ok') {
  const done: string[] = []
  const handlers = new Map<string, (data: unknown) => void>()
  const channelOf = (topic: string) => ({
    on: (event: string, handler: (data: unknown) => void) => void handlers.set(`${topic} ${event}`, handler),
    join: () => void done.push(`join ${topic}`),
    leave: () => void done.push(`leave ${topic}`),
    push(event: string, payload: unknown) {
      done.push(`push ${topic} ${event} ${JSON.stringify(payload)}`)
      const sent = {
        receive(one: string, callback: (data: unknown) => void) {
          if (one === status) act(() => callback({ ping: 'pong' }))
          return sent
        },
      }
      return sent
    },
  })
  const open = () => {
    done.push('connect')
    return {
      channel: (topic: string) => channelOf(topic) as unknown as Channel,
      disconnect: () => void done.push('disconnect'),
    } as unknown as Socket
  }
  return {
    done,
    open,
    answerWith(next: string) {
      status = next
    },
    receive: (topic: string, data: unknown, event = 'ping') => act(() => handlers.get(`${topic} ${event}`)!(data)),
  }
}

let container: HTMLElement
let root: ReturnType<typeof createRoot>
const logged: string[] = []
beforeEach(() => {
  container = document.createElement('div')
  root = createRoot(container)
  for (const level of ['log', 'debug'] as const)
    vi.spyOn(console, level).mockImplementation((text: string) => void logged.push(text))
})
afterEach(() => {
  act(() => root.unmount())
  vi.restoreAllMocks()
  logged.length = 0
})
const show = (node: ReactNode) => act(() => root.render(node))
const lines = () => (container.querySelector('textarea')?.value ?? '').split('\n').filter(Boolean)

describe('the socket container', () => {
  it('connects when it is mounted and disconnects when it is unmounted, in these words (RX-8)', () => {
    const socket = fakeSocket()
    show(h(AppSocket, { open: socket.open, children: null }))
    show(h(AppSocket, { open: socket.open, children: 'other children' }))
    expect(socket.done).toEqual(['connect'])
    show(null)
    expect(socket.done).toEqual(['connect', 'disconnect'])
    expect(logged).toEqual(['WebSocket routes mounted, connect Socket', 'WebSocket routes unmounted disconnect Socket'])
  })

  it('has one connection at most where React runs effects twice (RX-8, DF-119)', () => {
    const socket = fakeSocket()
    show(h(StrictMode, null, h(AppSocket, { open: socket.open, children: null })))
    show(null)
    const open = socket.done.map((what) => (what === 'connect' ? 1 : -1))
    for (let end = 1; end <= open.length; end += 1)
      expect(open.slice(0, end).reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(1)
    expect(open.reduce((sum, one) => sum + one, 0)).toBe(0)
  })
})

describe('the channel container', () => {
  const inside = (socket: ReturnType<typeof fakeSocket>, page: ReactNode, topic?: string) =>
    h(AppSocket, {
      open: socket.open,
      children: h(PingChannel, { ...(topic && { topic }), children: page }),
    })

  it('joins once for all pages inside, and leaves with the last of them (RX-9, RX-13, DF-120)', () => {
    const socket = fakeSocket()
    show(inside(socket, h(PingsPage)))
    show(inside(socket, h(CountPage)))
    show(inside(socket, h(PingsPage)))
    expect(socket.done).toEqual(['connect', 'join ping'])
    show(null)
    expect([...socket.done].sort()).toEqual(['connect', 'disconnect', 'join ping', 'leave ping'])
  })

  it('leaves one topic and joins another over the same connection (RX-4, RX-12)', () => {
    const socket = fakeSocket()
    show(inside(socket, h(PingsPage)))
    show(inside(socket, h(PingsPage, { topic: 'other' }), 'other'))
    expect(socket.done).toEqual(['connect', 'join ping', 'leave ping', 'join other'])
    expect(container.textContent).toContain('Pings: other')
    expect(container.textContent).toContain('The topic for this Channel is other.')
  })

  it('gives its components two functions and nothing of the channel client (RX-9, RX-17)', () => {
    const socket = fakeSocket()
    let given: object = {}
    const Consumer = () => {
      const pings = usePings()
      useEffect(() => {
        given = pings
      }, [pings])
      return null
    }
    show(inside(socket, h(Consumer)))
    expect(Object.keys(given)).toEqual(['onPing', 'sendPing'])
  })

  it('is as permanent as the place that it stands in (RX-15)', () => {
    const socket = fakeSocket()
    show(inside(socket, h(MemoryRouter, null, h(PingsPage))))
    show(inside(socket, 'a page without pings'))
    show(inside(socket, h(CountPage)))
    expect(socket.done).toEqual(['connect', 'join ping'])
  })
})

describe('the pages', () => {
  const page = (socket: ReturnType<typeof fakeSocket>, node: ReactNode) =>
    h(AppSocket, { open: socket.open, children: h(PingChannel, { children: node }) })

  it('show what comes since they were mounted, newest first, and the reply as well (RX-3)', () => {
    const socket = fakeSocket()
    show(page(socket, h(PingsPage)))
    socket.receive('ping', { n: 1 })
    socket.receive('ping', { n: 2 })
    act(() => container.querySelector('button')!.click())
    expect(lines()).toEqual(['{"ping":"pong"}', '{"n":2}', '{"n":1}'])
    expect(container.querySelector('h2')!.textContent).toBe('Pings: ping')
    expect(container.querySelector('button')!.textContent).toBe('Press to send a ping')
    expect(container.querySelector('p')!.textContent).toBe(
      'This page displays the PING messages received from the server, since this page was mounted. The topic for this Channel is ping.',
    )
    expect(container.querySelector('textarea')!.readOnly).toBe(true)
    expect(socket.done.at(-1)).toBe('push ping ping {}')
  })

  it('count what comes since they were mounted (RX-5)', () => {
    const socket = fakeSocket()
    show(page(socket, h(CountPage)))
    socket.receive('ping', { n: 1 })
    socket.receive('ping', { n: 2 })
    expect(container.querySelector('.count')!.textContent).toBe('2')
  })

  it('are told each ping once, however often they were shown, and nothing once they are gone (RX-10, DF-121)', () => {
    const socket = fakeSocket()
    for (let n = 0; n < 5; n += 1) for (const node of [h(PingsPage), h(CountPage)]) show(page(socket, node))
    show(page(socket, h(PingsPage)))
    logged.length = 0
    socket.receive('ping', { n: 1 })
    expect(logged).toEqual(['Pings pingReceived'])
    expect(lines()).toEqual(['{"n":1}'])
    show(page(socket, h(CountPage)))
    socket.receive('ping', { n: 2 })
    expect(logged).toEqual(['Pings pingReceived'])
  })
})

it('shares one channel between the feed and its alerts (RX-16)', () => {
  const socket = fakeSocket()
  const children = h(ActivityChannel, { children: [h(ActivityAlerts, { key: 1 }), h(ActivityFeedPage, { key: 2 })] })
  show(h(AppSocket, { open: socket.open, children }))
  socket.receive('activities', { text: 'runs' }, 'new_activity')
  expect(socket.done).toEqual(['connect', 'join activities'])
  expect(container.textContent).toContain('1 new activity')
  expect(container.querySelector('li')!.textContent).toBe('runs')
})

describe('a page that asks for something', () => {
  const pings = (socket: ReturnType<typeof fakeSocket>) =>
    h(AppSocket, { open: socket.open, children: h(PingChannel, { children: h(PingsPage) }) })
  const feed = (socket: ReturnType<typeof fakeSocket>) =>
    h(AppSocket, { open: socket.open, children: h(ActivityChannel, { children: h(ActivityFeedPage) }) })
  const problem = () => container.querySelector('[role="alert"], p[role="status"]')!.textContent

  async function tell(text: string) {
    const input = container.querySelector('input')!
    input.value = text
    await act(async () => {
      container.querySelector('form')!.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
    })
    return input.value
  }

  it.each([
    ['error', 'The ping was refused.'],
    ['timeout', 'Nobody answered the ping.'],
    ['ok', ''],
  ])('says how its ping ended: %s', (status, sentence) => {
    show(pings(fakeSocket(status)))
    act(() => container.querySelector('button')!.click())
    expect(problem()).toBe(sentence)
  })

  it.each([
    ['error', 'It was refused.', 'runs'],
    ['timeout', 'Nobody answered, so it may not have been told.', 'runs'],
    ['ok', '', ''],
  ])('says how it ended, and keeps the text that was not told: %s', async (status, sentence, left) => {
    show(feed(fakeSocket(status)))
    expect(await tell('runs')).toBe(left)
    expect(container.querySelector('p[role="alert"]')!.textContent).toBe(sentence)
  })

  it('says nothing of the ping before, once another is sent', () => {
    const socket = fakeSocket('error')
    show(pings(socket))
    act(() => container.querySelector('button')!.click())
    socket.answerWith('ok')
    act(() => container.querySelector('button')!.click())
    expect(problem()).toBe('')
  })

  it('says that there is no connection before there is one', async () => {
    const nobody = { open: () => undefined as unknown as Socket }
    show(h(AppSocket, { ...nobody, children: h(PingChannel, { children: h(PingsPage) }) }))
    act(() => container.querySelector('button')!.click())
    expect(problem()).toBe('There is no connection yet.')
    show(h(AppSocket, { ...nobody, children: h(ActivityChannel, { children: h(ActivityFeedPage) }) }))
    expect(await tell('runs')).toBe('runs')
    expect(container.querySelector('p[role="alert"]')!.textContent).toBe('There is no connection yet.')
  })
})
