import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../platform/clock.ts'
import type { PubSub } from '../../pubsub/index.ts'
import type { PollAnswer, PollSession } from './longpoll.ts'

/** A session lives on the node that opened it. Requests that reach another node are relayed over pub/sub (CH-23). */
const topic = 'longpoll_relay'

const shapes = {
  poll: z.object({ from: z.string(), request: z.string(), session: z.string() }),
  publish: z.object({ from: z.string(), request: z.string(), session: z.string(), frames: z.array(z.string()) }),
  answer: z.object({ request: z.string(), answer: z.unknown() }),
  end: z.object({ session: z.string() }),
}

interface RelayOptions {
  pubsub: PubSub
  clock: Clock
  sessionOf(id: string): PollSession | undefined
}

const binaryMark = 'base64:'
const pack = (frame: string | Buffer) => (typeof frame === 'string' ? frame : binaryMark + frame.toString('base64'))
const unpack = (text: string) =>
  text.startsWith(binaryMark) ? Buffer.from(text.slice(binaryMark.length), 'base64') : text

interface Waiting {
  event: 'poll' | 'publish'
  node: string
  session: string
  finish(answer: unknown): void
}

/** Calls over pub/sub. When the other node does not answer in time, the session counts as ended. */
export function createPollRelay({ pubsub, clock, sessionOf }: RelayOptions) {
  const waiting = new Map<string, Waiting>()
  let isDraining = false

  function ask(event: Waiting['event'], { node, session, ...body }: Asked, withinMs: number): Promise<unknown> {
    const request = randomUUID()
    return new Promise((resolve) => {
      const finish = (answer: unknown) => {
        cancel()
        waiting.delete(request)
        resolve(answer)
      }
      const cancel = clock.after(withinMs, () => finish(undefined))
      waiting.set(request, { event, node, session, finish })
      pubsub.directBroadcast(node, topic, event, { from: pubsub.nodeName, request, session, ...body })
    })
  }

  const endPoll = ({ node, session }: Pick<Waiting, 'node' | 'session'>) =>
    pubsub.directBroadcast(node, topic, 'end', { session })

  const answer = (to: string, request: string, value: unknown) =>
    pubsub.directBroadcast(to, topic, 'answer', { request, answer: value })

  const handlers: Record<string, (payload: unknown) => Promise<void> | void> = {
    async poll(payload) {
      const { from, request, session } = shapes.poll.parse(payload)
      answer(from, request, (await sessionOf(session)?.poll()) ?? null)
    },
    publish(payload) {
      const { from, request, session, frames } = shapes.publish.parse(payload)
      answer(from, request, sessionOf(session)?.publish(frames.map(unpack)) ?? null)
    },
    answer(payload) {
      const { request, answer: value } = shapes.answer.parse(payload)
      waiting.get(request)?.finish(value)
    },
    end(payload) {
      sessionOf(shapes.end.parse(payload).session)?.endPoll()
    },
  }

  pubsub.subscribe(topic, {
    deliver({ event, payload }) {
      void (async () => handlers[event]?.(payload))().catch(() => {})
    },
  })

  /** A session of another node, as if it were here. */
  const remote = (node: string, session: string): RemotePolls => ({
    async poll(withinMs) {
      const answered = ask('poll', { node, session }, withinMs)
      // Behind the poll on the same way: what the session has queued is answered all the same.
      if (isDraining) endPoll({ node, session })
      return ((await answered) ?? undefined) as PollAnswer | undefined
    },
    async publish(frames, withinMs) {
      const taken = await ask('publish', { node, session, frames: frames.map(pack) }, withinMs)
      return typeof taken === 'boolean' ? taken : undefined
    },
  })

  return {
    remote,
    waitingCount: () => waiting.size,
    /** Ends the polls that wait for other nodes, and from now on every further one, with what their sessions have (RT-13). */
    drain() {
      isDraining = true
      for (const one of waiting.values()) if (one.event === 'poll') endPoll(one)
    },
  }
}

interface Asked {
  node: string
  session: string
  frames?: readonly string[]
}

export interface RemotePolls {
  /** Undefined when there is no such session, or no answer from its node. */
  poll(withinMs: number): Promise<PollAnswer | undefined>
  publish(frames: readonly (string | Buffer)[], withinMs: number): Promise<boolean | undefined>
}
