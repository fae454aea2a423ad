import type { Browser, Page, WebSocket } from 'playwright'
import type { Joins } from '../../app.ts'
import { tappedFrame } from '../../clients/tapped-frame.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Recorder } from '../../history/recorder.ts'

/** Somebody in the React example, with a browser of their own and one tab. */
export interface Visitor {
  readonly name: string
  readonly node: string
  readonly page: Page
  /** Follows the link of a tab, as a person does. */
  goTo(title: string): Promise<void>
  /** Connections of the application that are open now. */
  socketCount(): number
  /** `phx_join ping` and the like, in the order in which they were sent. */
  readonly sent: readonly string[]
  /** How many documents the tab has loaded. */
  documentCount(): number
  /** How often the page has written this to its console. */
  said(text: string): number
  joins(): Joins
  saveEvidence(folder: string): Promise<string[]>
  close(): Promise<void>
}

interface VisitorOptions {
  name: string
  node: string
  browser: Browser
  cluster: Cluster
  recorder: Recorder
}

const loadWithinMs = 10_000
const clickWithinMs = 10_000
const socketPath = '/spa_socket'

/** What a page listens to, by its path below `/spa`. */
const topics: Readonly<Record<string, string[]>> = {
  '/spa/pings': ['ping'],
  '/spa/count': ['ping'],
  '/spa/other': ['other'],
  '/spa/activities': ['activities'],
}

export async function openVisitor({ name, node, browser, cluster, recorder }: VisitorOptions): Promise<Visitor> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const open = new Set<WebSocket>()
  const sent: string[] = []
  const joined = new Set<string>()
  const said = new Map<string, number>()
  let documentCount = 0

  page.on('request', (request) => {
    if (request.isNavigationRequest()) documentCount += 1
  })
  page.on('console', (message) => {
    const [text = ''] = /^[^{[]*\w/.exec(message.text()) ?? []
    said.set(text, (said.get(text) ?? 0) + 1)
  })
  page.on('pageerror', (error) => recorder.record({ who: name, type: 'console', value: error.message }))
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).pathname.startsWith(socketPath)) tap(socket)
  })

  /** A socket without frames was refused, and is no connection. */
  function tap(socket: WebSocket) {
    const opened = () => {
      if (open.has(socket) || socket.isClosed()) return
      open.add(socket)
      recorder.record({ who: name, type: 'connect', node })
    }
    socket.on('framesent', ({ payload }) => {
      opened()
      const [, , topic, event] = tappedFrame(payload)
      if (!/^phx_(join|leave)$/.test(event)) return
      sent.push(`${event} ${topic}`)
      if (event === 'phx_leave') left(topic)
    })
    socket.on('framereceived', ({ payload }) => {
      opened()
      const [joinRef, ref, topic, event, value] = tappedFrame(payload)
      if (event === 'phx_reply' && joinRef === ref) arrived(topic)
      else if (event === 'phx_error') left(topic)
      else if (!event.startsWith('phx_') && topic !== 'phoenix')
        recorder.record({ who: name, type: 'receive', node, topic, event, joinRef, value })
    })
    socket.on('close', () => {
      if (open.delete(socket)) recorder.record({ who: name, type: 'disconnect', node })
      if (open.size === 0) joined.clear()
    })
  }

  function arrived(topic: string) {
    joined.add(topic)
    recorder.record({ who: name, type: 'join', node, topic })
  }

  function left(topic: string) {
    if (joined.delete(topic)) recorder.record({ who: name, type: 'leave', node, topic })
  }

  const link = await cluster.links.link(name, node)
  await page.goto(`${link.url}/spa`, { timeout: loadWithinMs })
  return {
    name,
    node,
    page,
    goTo: (title) => page.getByRole('link', { name: title, exact: true }).click({ timeout: clickWithinMs }),
    socketCount: () => open.size,
    sent,
    documentCount: () => documentCount,
    said: (text) => said.get(text) ?? 0,
    joins() {
      const expected = topics[new URL(page.url()).pathname] ?? []
      return { connected: open.size === Math.min(expected.length, 1), expected, joined: [...joined] }
    },
    async saveEvidence(folder) {
      const path = `${folder}/${name}.png`
      await page.screenshot({ path, timeout: 3_000 })
      return [path]
    },
    close: () => context.close(),
  }
}
