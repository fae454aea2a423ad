// @vitest-environment happy-dom
import type { Socket } from 'phoenix'
import { act, createElement as h } from 'react'
import { createRoot } from 'react-dom/client'
import { MemoryRouter } from 'react-router'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { App } from '../../../../system/apps/spa/client/app.tsx'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

/** What is done with the channel client. */
const done: string[] = []

/** A connection that writes down what is done with it. */
function open() {
  done.push('connect')
  return {
    disconnect: () => void done.push('disconnect'),
    channel: (topic: string) => ({
      on: () => 1,
      join: () => void done.push(`join ${topic}`),
      leave: () => void done.push(`leave ${topic}`),
    }),
  } as unknown as Socket
}

let container: HTMLElement
let root: ReturnType<typeof createRoot>
beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  done.length = 0
  container = document.createElement('div')
  document.body.append(container)
  root = createRoot(container)
})
afterEach(() => {
  act(() => root.unmount())
  container.remove()
  vi.restoreAllMocks()
})

const show = (path = '/') => act(() => root.render(h(MemoryRouter, { initialEntries: [path] }, h(App, { open }))))

function follow(title: string): string[] {
  const before = done.length
  const link = [...container.querySelectorAll('a')].find(({ textContent }) => textContent === title)!
  act(() => link.click())
  return done.slice(before)
}

it('has four tabs, and a first page that needs no connection (RX-1, RX-2, RX-14)', () => {
  show()
  expect([...container.querySelectorAll('nav a')].map(({ textContent }) => textContent)).toEqual([
    'Home',
    'Pings',
    'Other Pings',
    'Counter',
  ])
  expect(done).toEqual([])
})

it('connects, joins and leaves as its pages need it (RX-4, RX-7, RX-11, RX-12, RX-13, AT-17, DF-119, DF-120)', () => {
  show()
  expect(follow('Pings')).toEqual(['connect', 'join ping'])
  expect(follow('Home').toSorted()).toEqual(['disconnect', 'leave ping'])
  expect(follow('Pings')).toEqual(['connect', 'join ping'])
  expect(follow('Other Pings')).toEqual(['leave ping', 'join other'])
  expect(container.querySelector('h2')!.textContent).toBe('Pings: other')
  expect(follow('Pings')).toEqual(['leave other', 'join ping'])
  expect(follow('Counter')).toEqual([])
  expect(follow('Pings')).toEqual([])
  for (let round = 0; round < 20; round += 1) for (const title of ['Home', 'Pings']) follow(title)
  follow('Home')
  const count = (what: string) => done.filter((one) => one === what).length
  expect(count('connect')).toBe(count('disconnect'))
})

it('shows the first page at an address that is none (RX-1)', () => {
  show('/nowhere')
  expect(container.querySelector('h2')!.textContent).toBe('Home')
})
