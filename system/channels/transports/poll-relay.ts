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

/** Calls over pub/sub. When the other node does not answer in time, the session counts as ended. */
export function createPollRelay({ pubsub, clock, sessionOf }: RelayOptions) {
  const waiting = new Map<string, (answer: unknown) => void>()

  function ask(node: string, event: 'poll' | 'publish', body: object, withinMs: number): Promise<unknown> {
    const request = randomUUID()
    return new Promise((resolve) => {
      const finish = (answer: unknown) => {
        cancel()
        waiting.delete(request)
        resolve(answer)
      }
      const cancel = clock.after(withinMs, () => finish(undefined))
      waiting.set(request, finish)
      pubsub.directBroadcast(node, topic, event, { from: pubsub.nodeName, request, ...body })
    })
  }

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
      waiting.get(request)?.(value)
    },
  }

  pubsub.subscribe(topic, {
    deliver({ event, payload }) {
      void (async () => handlers[event]?.(payload))().catch(() => {})
    },
  })

  /** A session of another node, as if it were here. */
  const remote = (node: string, session: string): RemotePolls => ({
    poll: async (withinMs) => ((await ask(node, 'poll', { session }, withinMs)) ?? undefined) as PollAnswer | undefined,
    publish: async (frames, withinMs) => {
      const taken = await ask(node, 'publish', { session, frames: frames.map(pack) }, withinMs)
      return typeof taken === 'boolean' ? taken : undefined
    },
  })

  return { remote, waitingCount: () => waiting.size }
}

export interface RemotePolls {
  /** Undefined when there is no such session, or no answer from its node. */
  poll(withinMs: number): Promise<PollAnswer | undefined>
  publish(frames: readonly (string | Buffer)[], withinMs: number): Promise<boolean | undefined>
}
