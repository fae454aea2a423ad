// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type PageNote,
  pageNoteIn,
  pageWatchingScript,
  watchPage,
} from '../../../../../harness/apps/store/client/page-watch.ts'

/** As much of a WebSocket as is watched. */
class FakeSocket extends EventTarget {
  readyState = 1
  readonly url: string
  constructor(url: string) {
    super()
    this.url = url
  }
  send() {}
  hears(...frame: unknown[]) {
    this.dispatchEvent(Object.assign(new Event('message'), { data: JSON.stringify(frame) }))
  }
}

const cart = 'cart:secret'
let notes: PageNote[]
let Watched: new (url: string) => FakeSocket
let listeners: [string, EventListenerOrEventListenerObject][]
let observers: MutationObserver[]

beforeEach(() => {
  vi.useFakeTimers()
  listeners = []
  const add = document.addEventListener
  vi.spyOn(document, 'addEventListener').mockImplementation((type, listener, options) => {
    listeners.push([type, listener])
    add.call(document, type, listener, options)
  })
  observers = []
  class Kept extends MutationObserver {
    constructor(heard: MutationCallback) {
      super(heard)
      observers.push(this)
    }
  }
  vi.stubGlobal('MutationObserver', Kept)
  notes = []
  Watched = watchPage(FakeSocket as unknown as typeof WebSocket, (note) => void notes.push(note)) as never
  document.body.innerHTML =
    '<p class="connection"></p><button class="size-container__entry" value="1">9</button><p class="toast"></p>'
})
afterEach(() => {
  for (const [type, listener] of listeners) document.removeEventListener(type, listener, true)
  for (const observer of observers) observer.disconnect()
  vi.unstubAllGlobals()
  vi.clearAllTimers()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const open = (path = '/product_socket/websocket') => new Watched(`ws://shop.test${path}?vsn=2.0.0`)
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const wrong = () => notes.filter(({ kind }) => kind === 'contradiction').map(({ text }) => text)
const says = (text: string, selector = '.connection') => {
  document.querySelector(selector)!.textContent = text
}
const send = (socket: FakeSocket, ...frame: unknown[]) => (socket.send as (text: string) => void)(JSON.stringify(frame))

function join(socket: FakeSocket, ref: string, topic: string, status = 'ok') {
  send(socket, ref, ref, topic, 'phx_join', {})
  socket.hears(ref, ref, topic, 'phx_reply', { status, response: {} })
}

async function ask(socket: FakeSocket, status: string, sentence: string, event = 'add_item') {
  document.querySelector('button')!.click()
  send(socket, '1', '7', cart, event, { item_id: '1' })
  socket.hears('1', '7', cart, 'phx_reply', { status, response: {} })
  says(sentence, '.toast')
  await pass(1)
}

it('what a scenario asks past the page is not for the page to speak of', async () => {
  const socket = open()
  join(socket, '1', cart)
  await ask(socket, 'ok', 'It is in your cart.')
  await pass(1_000)
  send(socket, '1', '8', cart, 'add_item', { item_id: '1' })
  socket.hears('1', '8', cart, 'phx_reply', { status: 'error', response: {} })
  await pass(1)
  expect(wrong()).toEqual([])
})

describe('what a page says of its connection', () => {
  it('is looked at from its first join, and right while it works and the page says nothing', async () => {
    const socket = open()
    await pass(60_000)
    expect(notes).toEqual([])
    join(socket, '1', 'product:1')
    await pass(60_000)
    expect(notes.map(({ kind, text }) => `${kind} ${text}`)).toEqual([`watched ${window.location.pathname}`])
  })

  it.each([
    [
      'its channel crashed',
      (socket: FakeSocket) => socket.hears('1', null, cart, 'phx_error', {}),
      'cart:[id] is not joined',
    ],
    ['its join is refused', (socket: FakeSocket) => join(socket, '2', cart, 'error'), 'cart:[id] is not joined'],
    [
      'its connection was closed',
      (socket: FakeSocket) => void Object.assign(socket, { readyState: 3 }),
      'its connection is not open',
    ],
    ['it has a new connection only', () => void open(), 'cart:[id] is not joined'],
  ])('is untrue when it keeps silent though %s', async (_what, happens, what) => {
    const socket = open()
    join(socket, '1', cart)
    happens(socket)
    await pass(5_900)
    expect(wrong()).toEqual([])
    await pass(60_000)
    expect(wrong()).toEqual([`says nothing of its connection, and ${what}`])
  })

  it('is untrue when a dashboard says "Live" without its topic, and may be whatever else it says', async () => {
    document.body.innerHTML = '<span class="staleness__text">Live, checked 3 s ago</span>'
    const socket = open('/admin_socket/websocket')
    join(socket, '1', 'admin:cart_tracker')
    socket.hears('1', null, 'admin:cart_tracker', 'phx_error', {})
    says('Connection lost. These numbers are 5 s old', '.staleness__text')
    await pass(10_000)
    expect(wrong()).toEqual([])
    says('Live', '.staleness__text')
    await pass(700)
    expect(wrong()).toEqual([])
    await pass(700)
    expect(wrong()).toEqual(['says "Live", and admin:cart_tracker is not joined'])
  })

  it('may lag behind for a while, and be silent about a topic that it has left', async () => {
    const socket = open()
    for (const [ref, topic] of [
      ['1', cart],
      ['2', 'product:1'],
    ] as const)
      join(socket, ref, topic)
    socket.hears('1', null, cart, 'phx_error', {})
    await pass(3_000)
    join(socket, '3', cart)
    socket.hears('1', null, cart, 'phx_error', {})
    send(socket, '2', '4', 'product:1', 'phx_leave', {})
    socket.hears('2', null, 'product:1', 'phx_close', {})
    await pass(60_000)
    expect(wrong()).toEqual([])
  })

  it('is untrue when it says that all is lost, and it hears from the server', async () => {
    const socket = open()
    join(socket, '1', cart)
    says('Connection lost.')
    await pass(20_000)
    expect(wrong()).toEqual([])
    says('')
    await pass(1_000)
    says('Connection lost.')
    for (let n = 0; n < 7; n += 1) {
      await pass(1_000)
      socket.hears(null, String(n), 'phoenix', 'phx_reply', { status: 'ok', response: {} })
    }
    expect(wrong()).toEqual(['says "Connection lost.", and it has joined all its topics and hears from the server'])
  })

  it('is right when it says that nobody answers, while the client has given up a join and waits before the next one', async () => {
    const socket = open()
    join(socket, '1', 'product:1')
    says('The shop does not answer.')
    send(socket, '2', '2', cart, 'phx_join', {})
    await pass(10_000)
    send(socket, '2', '3', cart, 'phx_leave', {})
    socket.hears('2', '2', cart, 'phx_reply', { status: 'ok', response: {} })
    for (let n = 0; n < 9; n += 1) {
      await pass(1_000)
      socket.hears(null, String(n), 'phoenix', 'phx_reply', { status: 'ok', response: {} })
    }
    expect(wrong()).toEqual([])
  })

  it('is not looked at where another socket of the page is lost', async () => {
    join(open('/live/websocket'), '1', 'lv:1', 'error')
    await pass(60_000)
    expect(notes).toEqual([])
  })
})

describe('what a page says after a click', () => {
  let socket: FakeSocket
  beforeEach(() => {
    socket = open()
    join(socket, '1', cart)
  })

  it.each([
    ['ok', 'It is in your cart.', 'add_item'],
    ['ok', 'It is out of your cart.', 'remove_item'],
    ['error', 'That size has just sold out.', 'add_item'],
  ])('is right when it is %s and says "%s"', async (status, sentence, event) => {
    await ask(socket, status, sentence, event)
    await pass(6_000)
    says('', '.toast')
    await pass(60_000)
    expect(wrong()).toEqual([])
  })

  it.each([
    ['ok', 'That size has just sold out.'],
    ['ok', 'It is out of your cart.'],
    ['error', 'It is in your cart.'],
    ['error', ''],
  ])('is untrue when it is %s and says "%s"', async (status, sentence) => {
    await ask(socket, status, sentence)
    expect(wrong()).toEqual([`says ${JSON.stringify(sentence)} when its add_item is answered with ${status}`])
  })

  it('is judged before the next message', async () => {
    await ask(socket, 'ok', 'It is in your cart.')
    send(socket, '1', '8', cart, 'add_item', {})
    send(socket, '1', '9', cart, 'add_item', {})
    socket.hears('1', '8', cart, 'phx_reply', { status: 'ok', response: {} })
    socket.hears('1', '9', cart, 'phx_reply', { status: 'error', response: {} })
    says('That did not work.', '.toast')
    await pass(1)
    expect(wrong()).toEqual([])
  })

  it('is missed when nothing is said for longer than an answer is waited for', async () => {
    document.querySelector('button')!.click()
    await pass(14_000)
    expect(wrong()).toEqual([])
    await pass(60_000)
    expect(wrong()).toEqual(['says nothing after a click on "9", neither done nor refused nor unanswered'])
  })

  it('may be that nobody answers, and that the answer was late', async () => {
    document.querySelector('button')!.click()
    send(socket, '1', '7', cart, 'add_item', {})
    await pass(10_000)
    says('The shop does not answer. Please try again.', '.toast')
    await pass(1)
    socket.hears('1', '7', cart, 'phx_reply', { status: 'ok', response: {} })
    await pass(20_000)
    expect(wrong()).toEqual([])
  })

  it('is untrue when it is taken away too soon, and not when another sentence takes its place', async () => {
    await ask(socket, 'ok', 'It is in your cart.')
    await pass(4_000)
    await ask(socket, 'ok', 'It is out of your cart.', 'remove_item')
    expect(wrong()).toEqual([])
    await pass(2_000)
    says('', '.toast')
    await pass(1)
    expect(wrong()).toEqual(['takes "It is out of your cart." away after 2.0 s'])
  })
})

it('is found on the console of a page by its prefix only', () => {
  expect(pageWatchingScript).toContain('console.debug("page-note "')
  expect(pageNoteIn('page-note {"kind":"watched"}')).toEqual({ kind: 'watched' })
  expect(pageNoteIn('Cart received')).toBeUndefined()
})
