import type { Cluster } from '../cluster/cluster.ts'
import { backgroundName } from '../history/background.ts'
import type { Recorder } from '../history/recorder.ts'
import { type AskedRequest, type RequestEnd, requestsOf } from '../history/requests.ts'
import { messageOf } from '../platform/plain-text.ts'
import { breakOffHandshake, closeCodeOf, upgradeStatus } from './odd-sockets.ts'

/** Requests and frames that no client sends which keeps to the protocol. Each must end with a status, or a close code, all the same. */
export interface OddRequests {
  /** Sends each of them once to a node, the one of many megabytes only when it is asked for, and does not wait for answers. */
  send(node: string, withLong: boolean): Promise<void>
  pendingCount(): number
  close(): void
}

/** Just beyond what a long poll may send at once. */
const tooMuchBytes = 8 * 1024 * 1024 + 1

/** Returns the status with which it ended, or the close code of a WebSocket. */
type OddRequest = Omit<AskedRequest, 'id'> & { ask(at: Address, signal: AbortSignal): Promise<number> }

interface Address {
  /** Over the link of who asks. */
  url: string
  /** Past all links, because they do not pass everything on. */
  directUrl: string
}

const longPoll =
  (init: () => RequestInit): OddRequest['ask'] =>
  async ({ url }, signal) =>
    (await fetch(`${url}/socket/longpoll?vsn=2.0.0`, { ...init(), signal })).status

const longRequest: OddRequest = {
  what: 'a body over the limit',
  status: 413,
  ask: longPoll(() => ({ method: 'POST', body: Buffer.alloc(tooMuchBytes, 'x') })),
}

const torn = { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body: '[null,"1\n[' }

const shortRequests: readonly OddRequest[] = [
  { what: 'a torn body without a session', status: 200, ask: longPoll(() => torn) },
  { what: 'a method that is none', status: 400, ask: longPoll(() => ({ method: 'PUT', body: '{}' })) },
  { what: 'a message that is none', status: 1011, ask: closeCodeOf((socket) => socket.send('no message')) },
  {
    what: 'a frame without a mask',
    status: 1002,
    ask: closeCodeOf((socket) => socket.send('[]', { mask: false })),
  },
  {
    what: 'a text that is no UTF-8',
    status: 1007,
    ask: closeCodeOf((socket) => socket.send(Buffer.from([0xff]), { binary: false })),
  },
  {
    what: 'a handshake where there is no socket, behind one that was broken off,',
    status: 404,
    async ask({ directUrl, url }, signal) {
      await breakOffHandshake({ url: directUrl })
      return upgradeStatus(`${url}/nowhere/websocket`, signal)
    },
  },
]

export function createOddRequests(cluster: Pick<Cluster, 'links' | 'node'>, recorder: Recorder): OddRequests {
  const who = backgroundName('odd-requests')
  const ending = new AbortController()
  let lastId = 0
  let pending = 0

  async function endOf(request: OddRequest, at: Address): Promise<Omit<RequestEnd, 'id'>> {
    try {
      return { status: await request.ask(at, ending.signal) }
    } catch (error) {
      return { error: messageOf(error as Error) }
    }
  }

  return {
    async send(node, withLong) {
      const { url } = await cluster.links.link(who, node)
      const at = { url, directUrl: cluster.node(node).directUrl }
      for (const request of withLong ? [longRequest, ...shortRequests] : shortRequests) {
        const { what, status } = request
        lastId += 1
        const id = lastId
        const of = { who, node, type: 'read' } as const
        recorder.record({ ...of, operation: requestsOf.asked, value: { id, what, status } satisfies AskedRequest })
        pending += 1
        void endOf(request, at).then((end) => {
          pending -= 1
          if (ending.signal.aborted) return
          recorder.record({ ...of, operation: requestsOf.ended, value: { id, ...end } satisfies RequestEnd })
        })
      }
    },
    pendingCount: () => pending,
    close: () => ending.abort(),
  }
}
