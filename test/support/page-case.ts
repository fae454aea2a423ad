import { vi } from 'vitest'

/** A frame of a page: the version 2 of the protocol. */
type Frame = [
  joinRef: string | null,
  ref: string | null,
  topic: string,
  event: string,
  payload: Record<string, unknown>,
]

interface Reply {
  status: 'ok' | 'error'
  response: object
}

type Replies = Record<string, (frame: Frame) => Reply | undefined>

const done = (): Reply => ({ status: 'ok', response: {} })
let replies: Replies = {}
let isReachable = true

/** As much of a WebSocket as a page uses and the harness watches. */
class FakeSocket extends EventTarget {
  static readonly all: FakeSocket[] = []
  readyState = 0
  readonly url: string
  readonly sent: Frame[] = []

  constructor(url: string) {
    super()
    this.url = new URL(url, 'ws://shop.test').href
    FakeSocket.all.push(this)
    setTimeout(() => (isReachable ? this.opens() : this.ends(1_006)), 1)
  }
  send(text: string) {
    const frame = JSON.parse(text) as Frame
    this.sent.push(frame)
    const [joinRef, ref, topic, event] = frame
    const reply = replies[event]?.(frame)
    if (reply) setTimeout(() => this.receives(joinRef, ref, topic, 'phx_reply', reply), 1)
  }
  close(code = 1_005) {
    this.ends(code)
  }
  opens() {
    if (this.readyState !== 0) return
    this.readyState = 1
    this.happens('open')
  }
  ends(code: number) {
    if (this.readyState === 3) return
    this.readyState = 3
    this.happens('close', { code })
  }
  receives(...frame: unknown[]) {
    if (this.readyState === 1) this.happens('message', { data: JSON.stringify(frame) })
  }
  happens(type: string, more: object = {}) {
    // The environment also calls `onopen` and the like.
    this.dispatchEvent(Object.assign(new Event(type), more))
  }
}

export interface PageCase {
  /** The reply to a push of this event; an event without one is not answered. Joins and heartbeats are answered with `ok` at first. */
  replies: Replies
  /** The connections that the page has tried to open, the last one at the end. */
  sockets(): FakeSocket[]
  socket(): FakeSocket
  /** Frames with this event, of all connections. */
  sent(event: string): Frame[]
  /** Sends an event on a topic that the page has joined. */
  push(topic: string, event: string, payload?: object): void
  /** Lets time pass; timers and what they cause run in their order. */
  pass(ms: number): Promise<void>
  text(selector: string): string | undefined
  click(selector: string): void
}

const undo: (() => void)[] = []

/** Remembers listeners that scripts put on the document and the window, which the next page must not inherit. */
function rememberListeners(target: EventTarget) {
  const add = target.addEventListener
  const spy = vi.spyOn(target, 'addEventListener').mockImplementation((type, listener, options) => {
    add.call(target, type, listener, options)
    undo.push(() => target.removeEventListener(type, listener, options))
  })
  undo.push(() => spy.mockRestore())
}

/** Shows the HTML that the server renders, runs the script of the page, and stands in for its server. Needs the environment `happy-dom`. */
export async function openPageCase(html: string, script: () => Promise<unknown>): Promise<PageCase> {
  vi.useFakeTimers()
  vi.resetModules()
  FakeSocket.all.length = 0
  vi.stubGlobal('WebSocket', FakeSocket)
  rememberListeners(document)
  rememberListeners(window)
  showDocument(html)
  replies = { phx_join: done, phx_leave: done, heartbeat: done }
  isReachable = true
  await script()
  const socket = () => FakeSocket.all.at(-1)!
  const sent = (event: string) => FakeSocket.all.flatMap((one) => one.sent).filter((frame) => frame[3] === event)
  return {
    replies,
    sockets: () => FakeSocket.all,
    socket,
    sent,
    push(topic, event, payload = {}) {
      const [joinRef = null] = sent('phx_join').findLast((frame) => frame[2] === topic) ?? []
      socket().receives(joinRef, null, topic, event, payload)
    },
    pass: async (ms) => void (await vi.advanceTimersByTimeAsync(ms)),
    text: (selector) => document.querySelector(selector)?.textContent ?? undefined,
    click: (selector) => document.querySelector<HTMLElement>(selector)!.click(),
  }
}

/** Whether new connections open. */
export function setReachable(reachable: boolean) {
  isReachable = reachable
}

function showDocument(html: string) {
  const parsed = new DOMParser().parseFromString(html.replaceAll(/<link [^>]*>/g, ''), 'text/html')
  for (const { textContent } of parsed.querySelectorAll('script:not([src])')) new Function(textContent ?? '')()
  for (const script of parsed.querySelectorAll('script')) script.remove()
  document.body.replaceWith(document.importNode(parsed.body, true))
}

/** For `afterEach`. */
export function closePageCase() {
  for (const one of undo.splice(0).reverse()) one()
  vi.clearAllTimers()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  localStorage.clear()
  sessionStorage.clear()
}
