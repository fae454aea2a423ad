import type { SocketEvent, SocketNote } from '../history/manners.ts'
import { mannersOf } from '../history/manners.ts'
import type { Recorder } from '../history/recorder.ts'

/**
 * Returns a WebSocket class that notes its attempts, its joins and how it ended. Runs in pages as well, so it uses nothing from outside.
 */
export function watchSockets(Base: typeof WebSocket, note: (note: SocketNote) => void): typeof WebSocket {
  const document = Math.round(performance.timeOrigin)
  let lastSocket = 0
  return class extends Base {
    private readonly common: Pick<SocketNote, 'document' | 'path' | 'socket'>
    private wasOpen = false
    private closedBy: NonNullable<SocketNote['closedBy']> = 'others'

    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols ?? [])
      lastSocket += 1
      this.common = { document, path: new URL(this.url).pathname, socket: lastSocket }
      this.say({ kind: 'attempt' })
      this.addEventListener('open', () => {
        this.wasOpen = true
        this.say({ kind: 'open' })
      })
      this.addEventListener('close', ({ code }) => {
        const { wasOpen, closedBy } = this
        this.say({ kind: 'end', code, wasOpen, closedBy })
      })
    }

    override send(data: Parameters<WebSocket['send']>[0]) {
      super.send(data)
      if (typeof data === 'string' && /"phx_(join|leave)"/.test(data)) this.sayJoin(data)
    }

    override close(code?: number, reason?: string) {
      if (this.readyState < 2) this.closedBy = reason === 'heartbeat timeout' ? 'heartbeat' : 'client'
      super.close(code, reason)
    }

    private sayJoin(text: string) {
      const [, , topic, event] = JSON.parse(text) as unknown[]
      if (event === 'phx_join' || event === 'phx_leave')
        this.say({ kind: event === 'phx_join' ? 'join' : 'leave', topic: String(topic) })
    }

    private say(what: Pick<SocketNote, 'kind'> & Partial<SocketNote>) {
      note({ ...what, ...this.common, atMs: performance.timeOrigin + performance.now() })
    }
  }
}

const consolePrefix = 'socket-note '

/** The source of a script that makes a page tell what its sockets do, on the console. */
export const watchingScript = `window.WebSocket = (${watchSockets})(window.WebSocket, (note) => console.debug(${JSON.stringify(consolePrefix)} + JSON.stringify(note)))`

/** Returns the note in a message on the console of a page; undefined for any other message. */
export const noteIn = (text: string): SocketNote | undefined =>
  text.startsWith(consolePrefix) ? (JSON.parse(text.slice(consolePrefix.length)) as SocketNote) : undefined

export interface WatchedClient {
  who: string
  node: string
  /** The proxied link of the client. */
  link: string
  recorder: Pick<Recorder, 'record'>
  /** What the history calls a topic that holds a secret. */
  nameOf?(topic: string): string
}

/** Records what a socket did. */
export function recordSocket(
  { who, node, link, recorder, nameOf = (topic) => topic }: WatchedClient,
  note: SocketNote,
) {
  const value: SocketEvent = { ...note, link, isOfficial: true }
  if (note.topic !== undefined) value.topic = nameOf(note.topic)
  recorder.record({ who, node, type: 'read', operation: mannersOf.socket, value })
}

/**
 * The WebSocket class for an official client of this process: what it does is recorded. A client that leaves its page for another one
 * numbers them, because each page is a document of its own, which does not wait for what the one before tried.
 */
export const recordedWebSocket = (client: WatchedClient, pageNumber = 0): typeof WebSocket =>
  watchSockets(globalThis.WebSocket, (note) => recordSocket(client, { ...note, document: note.document + pageNumber }))
