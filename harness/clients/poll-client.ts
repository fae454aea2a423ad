import type { Cluster } from '../cluster/cluster.ts'
import { clientEvent } from '../history/client-kinds.ts'
import { mannersOf, type SocketEvent } from '../history/manners.ts'
import type { Recorder } from '../history/recorder.ts'
import { systemClock } from '../platform/clock.ts'
import { until } from '../platform/until.ts'
import { readParts } from './frames.ts'
import { endsSession, type PollAnswer, pollAnswerIn } from './poll-answer.ts'
import { recordFrame, topicsIn, type WireClient } from './wire-client.ts'

/** A raw protocol client that uses long polling instead of a WebSocket (CH-19, CH-20). */
export type PollClient = Pick<WireClient, 'name' | 'frames' | 'send' | 'receive' | 'present' | 'close'> & {
  /** Signed by the server; names the session. */
  readonly token: string
  /** Leaves and makes its node end the session immediately, by sending an undecodable frame (CH-14) to this node or to another (CH-23). */
  end(over?: string): Promise<void>
}

interface PollOptions {
  name: string
  node: string
  cluster: Cluster
  recorder: Recorder
}

const answeredWithinMs = 5_000
const retryMs = 100
/** As WebSockets have it: without a goodbye. */
const brokenOffCode = 1006

/** Opens a session over its own link and polls until it is closed. */
export async function openPollClient({ name, node, cluster, recorder }: PollOptions): Promise<PollClient> {
  const link = await cluster.links.link(name, node)
  const url = `${link.url}/socket/longpoll?vsn=2.0.0`
  const ending = new AbortController()
  const frames: unknown[][] = []
  let isLeaving = false
  let isEnded = false
  let isBroken = false
  let isGone = false
  /** The end of a session is answered with the token of a new one, which stays until it expires. */
  let isRenewed = false
  const { token = '' } = await ask(url, '')
  recorder.record(clientEvent({ who: name, node, kind: 'long poll', owner: name }))
  recorder.record({ who: name, type: 'connect', node })
  const polling = pollOn()

  async function ask(to: string, ownToken: string): Promise<PollAnswer> {
    const response = await fetch(`${to}&token=${ownToken}`, { signal: ending.signal })
    const text = await response.text()
    const answer = response.ok ? pollAnswerIn(text) : { status: response.status }
    if (answer) return answer
    const value = { why: 'it is not what a long poll answers', beginning: JSON.stringify(text.slice(0, 60)) }
    recorder.record({ who: name, type: 'unreadable', node, value })
    throw new Error(`${name} received what is not the answer of a long poll: ${value.beginning}`)
  }

  async function pollOn() {
    while (!ending.signal.aborted && !isLeaving && !isGone) {
      const askedMs = systemClock.monotonicMs()
      const answer = await ask(url, token).catch(() => undefined)
      for (const text of answer?.messages ?? []) recordFrame({ name, node, recorder, frames }, readParts('2.0.0', text))
      const waitedMs = systemClock.monotonicMs() - askedMs
      if (!answer && !isBroken) recordEnd(brokenOffCode, waitedMs)
      if (answer && endsSession(answer)) recordEnd(answer.status, waitedMs)
      isBroken = answer === undefined
      isGone = answer !== undefined && endsSession(answer)
      isRenewed = answer?.status === 410
      if (isBroken) await systemClock.sleep(retryMs)
    }
  }

  /** A poll was not answered, or its session has ended. */
  function recordEnd(code: number, waitedMs: number) {
    const own = { document: 0, path: '/socket/longpoll', socket: 1, link: link.name, code, wasOpen: true }
    const closedBy = isLeaving || ending.signal.aborted ? 'client' : 'others'
    const value: SocketEvent = { ...own, kind: 'end', closedBy, waitedMs, atMs: systemClock.monotonicMs() }
    recorder.record({ who: name, node, type: 'read', operation: mannersOf.socket, value })
  }

  return {
    name,
    token,
    frames: () => frames,
    send(message) {
      const body = Array.isArray(message) ? JSON.stringify(message) : message.toString()
      const headers = { 'content-type': 'application/x-ndjson' }
      void fetch(`${url}&token=${token}`, { method: 'POST', headers, body, signal: ending.signal }).catch(() => {})
    },
    receive: (what, fits, withinMs = answeredWithinMs) =>
      until(() => frames.find(fits), { what: `${name} receives ${what}`, withinMs, everyMs: 20 }) as Promise<unknown[]>,
    // Includes a session that has stopped polling, because its node keeps the session until it expires.
    present: () => ({
      who: name,
      node,
      connections: 0,
      polls: isEnded || (isGone && !isRenewed) ? 0 : 1,
      channels: isEnded || isGone ? 0 : topicsIn(frames),
    }),
    async end(over = node) {
      const door = `${(await cluster.links.link(name, over)).url}/socket/longpoll?vsn=2.0.0&token=${token}`
      isLeaving = true
      // The reply to this heartbeat ends the pending poll; a poll that is pending when its session ends would be given a new session.
      await fetch(door, { method: 'POST', body: JSON.stringify([null, 'last', 'phoenix', 'heartbeat', {}]) })
      await polling
      await fetch(door, { method: 'POST', body: 'no frame' })
      isEnded = true
    },
    close: () => ending.abort(),
  }
}
