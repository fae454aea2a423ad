import type { Cluster } from '../cluster/cluster.ts'
import { backgroundName } from '../history/background.ts'
import type { Recorder } from '../history/recorder.ts'
import { type AskedRequest, type RequestEnd, requestsOf } from '../history/requests.ts'
import { messageOf } from '../platform/plain-text.ts'

/** Requests that no client sends which keeps to the protocol. Each must be answered with a status all the same. */
export interface OddRequests {
  /** Sends each of them once to a node, the one of many megabytes only when it is asked for, and does not wait for answers. */
  send(node: string, withLong: boolean): Promise<void>
  pendingCount(): number
  close(): void
}

/** Just beyond what a long poll may send at once. */
const tooMuchBytes = 8 * 1024 * 1024 + 1

type OddRequest = Omit<AskedRequest, 'id'> & { init(): RequestInit }

const longRequest: OddRequest = {
  what: 'a body over the limit',
  status: 413,
  init: () => ({ method: 'POST', body: Buffer.alloc(tooMuchBytes, 'x') }),
}

const shortRequests: readonly OddRequest[] = [
  {
    what: 'a torn body without a session',
    status: 200,
    init: () => ({ method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body: '[null,"1\n[' }),
  },
  { what: 'a method that is none', status: 400, init: () => ({ method: 'PUT', body: '{}' }) },
]

export function createOddRequests({ links }: Pick<Cluster, 'links'>, recorder: Recorder): OddRequests {
  const who = backgroundName('odd-requests')
  const ending = new AbortController()
  let lastId = 0
  let pending = 0

  async function ask(url: string, init: RequestInit): Promise<Omit<RequestEnd, 'id'>> {
    try {
      const { status } = await fetch(url, { ...init, signal: ending.signal })
      return { status }
    } catch (error) {
      return { error: messageOf(error as Error) }
    }
  }

  return {
    async send(node, withLong) {
      const { url } = await links.link(who, node)
      for (const { what, status, init } of withLong ? [longRequest, ...shortRequests] : shortRequests) {
        lastId += 1
        const id = lastId
        const of = { who, node, type: 'read' } as const
        recorder.record({ ...of, operation: requestsOf.asked, value: { id, what, status } satisfies AskedRequest })
        pending += 1
        void ask(`${url}/socket/longpoll?vsn=2.0.0`, init()).then((end) => {
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
