import type { Browser, WebSocket } from 'playwright'
import { openPage } from '../../clients/load-page.ts'
import { tappedFrame } from '../../clients/tapped-frame.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Present } from '../../history/inventory.ts'
import type { Recorder } from '../../history/recorder.ts'

/** The page `/hello` in a browser of its own. */
export interface DemoPage {
  readonly name: string
  readonly node: string
  /** What the page has written to its console, in order. */
  readonly lines: readonly string[]
  /** How often it has written this text, followed by anything. */
  said(text: string): number
  /** Replies that the server has sent to one event, in time or too late. */
  repliesTo(event: string): number
  present(): Present
  saveEvidence(folder: string): Promise<string[]>
  close(): Promise<void>
}

interface DemoPageOptions {
  name: string
  node: string
  userId: string
  browser: Browser
  cluster: Cluster
  recorder: Recorder
}

export async function openDemoPage(options: DemoPageOptions): Promise<DemoPage> {
  const { name, node, userId, browser, cluster, recorder } = options
  const context = await browser.newContext()
  const page = await context.newPage()
  const lines: string[] = []
  const open = new Set<WebSocket>()
  const joined = new Map<WebSocket, Set<string>>()
  const replies = new Map<string, number>()

  page.on('console', (message) => void lines.push(message.text()))
  page.on('pageerror', (error) => recorder.record({ who: name, type: 'console', value: error.message }))
  page.on('websocket', (socket) => {
    /** What was sent: ref -> event. References of a connection are its own. */
    const sent = new Map<string, string>()
    const topics = new Set<string>()
    open.add(socket)
    joined.set(socket, topics)
    recorder.record({ who: name, type: 'connect', node })
    socket.on('framesent', ({ payload }) => {
      const [, ref, , event] = tappedFrame(payload)
      if (ref !== null) sent.set(ref, event)
    })
    socket.on('framereceived', ({ payload }) => {
      const [joinRef, ref, topic, event, value] = tappedFrame(payload)
      const answered = event === 'phx_reply' && ref !== null ? sent.get(ref) : undefined
      if (answered) replies.set(answered, (replies.get(answered) ?? 0) + 1)
      if (answered === 'phx_join' && statusOf(value) === 'ok') topics.add(topic)
      if (event === 'phx_error' || event === 'phx_close') topics.delete(topic)
      if (!event.startsWith('phx_') && topic !== 'phoenix')
        recorder.record({ who: name, type: 'receive', node, topic, event, joinRef, value })
    })
    socket.on('close', () => {
      open.delete(socket)
      joined.delete(socket)
      recorder.record({ who: name, type: 'disconnect', node })
    })
  })

  const link = await cluster.links.link(name, node)
  await openPage(page, `${link.url}/hello/tracked?user_id=${encodeURIComponent(userId)}`)
  return {
    name,
    node,
    lines,
    said: (text) => lines.filter((line) => line.startsWith(text)).length,
    repliesTo: (event) => replies.get(event) ?? 0,
    present: () => ({
      who: name,
      node,
      connections: open.size,
      polls: 0,
      channels: [...joined.values()].reduce((sum, topics) => sum + topics.size, 0),
    }),
    async saveEvidence(folder) {
      const path = `${folder}/${name}.png`
      await page.screenshot({ path, timeout: 3_000 })
      return [path]
    },
    close: () => context.close(),
  }
}

const statusOf = (value: unknown) => (value as { status?: string } | undefined)?.status
