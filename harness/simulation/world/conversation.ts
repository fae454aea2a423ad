import { isDeepStrictEqual } from 'node:util'

/** `[join_ref, ref, topic, event, payload]`. */
export type Frame = readonly [
  joinRef: string | null,
  ref: string | null,
  topic: string,
  event: string,
  payload: unknown,
]

export type Conversation = ReturnType<typeof createConversation>

/** An event with this beginning is answered with the rest of its name. */
const named = 'ping:'

const ok = (response: object = {}) => ({ status: 'ok', response })
const error = (response: object = {}) => ({ status: 'error', response })

/** What the demonstration of channels replies to a join of a topic; undefined where everybody may join. */
const refusalOf = (topic: string) => refusals.find(([beginning]) => topic.startsWith(beginning))?.[1]
const refusals: readonly [beginning: string, payload: object][] = [
  ['wild:1:3', error()],
  ['wild:x:2', error({ reason: 'join crashed' })],
  ['nobody:', error({ reason: 'unmatched topic' })],
]

/** How many topics one connection may join. */
export const channelsMax = 100

/**
 * What a node has to send on one connection, message by message: a second statement of the protocol, written from the catalogue, for
 * topics to which nobody broadcasts. Topics are independent of each other, and each has one order (CH-4, CH-5, CH-39..CH-69). Pure.
 */
export function createConversation({ hasJoinRefs }: { hasJoinRefs: boolean }) {
  /** Topic -> join_ref of the channel. */
  const joined = new Map<string, string>()
  const expected = new Map<string, Expected[]>()
  let seenCount = 0

  function expect(...frame: Frame) {
    keep(frame, false)
  }

  function keep([joinRef, ref, topic, event, payload]: Frame, mayBeMissing: boolean) {
    const queue = expected.get(topic) ?? []
    queue.push({ frame: [hasJoinRefs ? joinRef : null, ref, topic, event, payload], mayBeMissing })
    expected.set(topic, queue)
  }

  const unmatched = (ref: string | null, topic: string): Frame => [
    ...([null, ref, topic, 'phx_reply'] as const),
    error({ reason: 'unmatched topic' }),
  ]

  function close(topic: string, joinRef: string) {
    expect(joinRef, joinRef, topic, 'phx_close', {})
  }

  function join(topic: string, ref: string) {
    const refusal = refusalOf(topic)
    // A topic without a channel is answered as if it were not joined, without join_ref.
    if (refusal) return expect(topic.startsWith('nobody:') ? null : ref, ref, topic, 'phx_reply', refusal)
    const replaced = joined.get(topic)
    if (replaced === undefined && joined.size >= channelsMax)
      return expect(ref, ref, topic, 'phx_reply', error({ reason: 'too many channels joined' }))
    expect(ref, ref, topic, 'phx_reply', ok())
    if (replaced !== undefined) close(topic, replaced)
    joined.set(topic, ref)
  }

  function leave(topic: string, own: string, ref: string) {
    expect(own, ref, topic, 'phx_reply', ok())
    close(topic, own)
    joined.delete(topic)
  }

  const pushes: Record<string, (topic: string, own: string, ref: string, payload: unknown) => void> = {
    ping: (topic, own, ref, payload) =>
      expect(own, ref, topic, 'phx_reply', ok({ ping: (payload as { ack_phrase: unknown }).ack_phrase })),
    /** Ends the channel in order. */
    ding(topic, own, ref) {
      expect(own, ref, topic, 'phx_reply', ok({ msg: 'shutting down' }))
      close(topic, own)
      joined.delete(topic)
    },
    /** Nobody handles it. */
    crash(topic, own) {
      expect(own, own, topic, 'phx_error', { reason: 'channel_crash' })
      joined.delete(topic)
    },
    /** Never answered (CH-118). */
    pong() {},
  }

  return {
    /** What was sent; a channel that crashes may lose what follows, so its end has to be awaited. */
    sent([joinRef, ref, topic, event, payload]: Frame) {
      const own = joined.get(topic)
      if (topic === 'phoenix') return expect(null, ref, topic, 'phx_reply', ok())
      if (event === 'phx_join') return join(topic, ref!)
      if (own === undefined)
        return event === 'phx_leave' ? expect(joinRef, ref, topic, 'phx_reply', ok()) : expect(...unmatched(ref, topic))
      // Of a join that was replaced.
      if (joinRef !== null && joinRef !== own) return
      if (event === 'phx_leave') return leave(topic, own, ref!)
      if (event.startsWith(named)) return expect(own, ref, topic, 'phx_reply', ok({ ping: event.slice(named.length) }))
      pushes[event]!(topic, own, ref!, payload)
    },
    /** A push that was sent right behind the end of its channel: it is lost with what waited for the channel, or came after that. */
    sentBehindEnd([, ref, topic]: Frame) {
      keep(unmatched(ref, topic), true)
    },
    /** Returns what is wrong with a frame that came, in words; undefined when it is the next one of its topic. */
    received(frame: Frame): string | undefined {
      const [, , topic] = frame
      const queue = expected.get(topic) ?? []
      seenCount += 1
      let next = queue.shift()
      while (next?.mayBeMissing && !isDeepStrictEqual(frame, next.frame)) next = queue.shift()
      if (next && isDeepStrictEqual(frame, next.frame)) return undefined
      return `the node sent ${shown(frame)}, expected ${next ? shown(next.frame) : 'nothing more'} on ${topic}`
    },
    joinRefOf: (topic: string) => joined.get(topic),
    joinedTopics: () => [...joined.keys()],
    waitsOn: (topic: string) => expected.get(topic)?.some(isCertain) === true,
    /** The first frame that has not come, in words. */
    missing(): string | undefined {
      const next = [...expected.values()].flat().find(isCertain)
      return next && `the node never sent ${shown(next.frame)}`
    },
    seen: () => seenCount,
  }
}

interface Expected {
  frame: Frame
  mayBeMissing: boolean
}

const isCertain = ({ mayBeMissing }: Expected) => !mayBeMissing

const shownMax = 300
const shown = (frame: Frame) => JSON.stringify(frame).slice(0, shownMax)
