import type { Clock } from '../../../system/platform/clock.ts'
import type { Random } from '../../../system/platform/random.ts'
import { clientHeartbeatMs } from '../../timing.ts'
import { type Conversation, createConversation, type Frame } from './conversation.ts'
import { type Line, type LineEvents, openWebSocketLine } from './line.ts'
import { openLongPollLine } from './long-poll.ts'
import type { Network } from './network.ts'
import { createPollSessions } from './poll-sessions.ts'
import type { Recorder } from './recorder.ts'
import { createActs } from './visitor-acts.ts'

interface VisitorOptions {
  network: Network
  recorder: Recorder
  clock: Clock
  random: Random
  who: string
  node: string
  version: '1.0.0' | '2.0.0'
  transport: 'websocket' | 'longpoll'
  /** Long polls go to this node, once their session is open. */
  through?: string
}

export type Visitor = ReturnType<typeof openVisitor>

const reconnectAfterMs = 300
const gapMs = [150, 700] as const
const restShare = 0.3
const restMs = 10_500
const quietShare = 0.4
/** So that a poll waits for all of its time. */
const quietMs = 11_000
/** No request waits longer for another node. */
const relayWaitsMs = 13_000
const nonsenseCode = 1011
const unclosed = 'the node never closed its connection, over which it had sent what is no message'
/** After this code, the official client does not connect again. */
const normalCode = 1000

/**
 * A client that is stricter than the official one: it does what clients rarely do, knows of each frame what has to follow, and writes down
 * the first thing that is wrong. Connects again until it is closed.
 */
export function openVisitor(options: VisitorOptions) {
  const { network, recorder, clock, random, who, node, version, transport, through } = options
  const hasJoinRefs = version === '2.0.0'
  const topics = ['a', 'b'].map((name) => `ping:${who}-${name}`)
  let line: Line | undefined
  const sessions = createPollSessions(clock)
  let conversation: Conversation = createConversation({ hasJoinRefs })
  let lastRef = 0
  let seenBefore = 0
  /** When a request went through another node. */
  const relayedMs: number[] = []
  let isActing = true
  let hasBegun = false
  let isResting = false
  /** It has sent what its node must close the connection for. */
  let isHostile = false
  let isBeating = true
  let isClosed = false

  function connect() {
    if (isClosed) return
    let own: Line | undefined
    const events: LineEvents = {
      onOpen(opening) {
        own = opening
        opened(opening)
      },
      onFrame: (text) => line === own && take(text),
      onClose(code) {
        // A poll that its client has given up may still wait elsewhere, and only then the time begins for which the session is kept.
        sessions.left(through === undefined ? 0 : relayWaitsMs)
        if (own && line === own) closed(code)
        clock.after(reconnectAfterMs, connect)
      },
    }
    const path = `/socket?vsn=${version}`
    if (transport === 'websocket') return openWebSocketLine(network, who, node, path, events)
    const toNode = { network, clock, from: who, node, through: through ?? node, path }
    const onRelayed = () => void relayedMs.push(clock.monotonicMs())
    openLongPollLine({ ...toNode, events, onSession: sessions.left, onRelayed, beforePoll: rest })
  }

  function opened(own: Line) {
    line = own
    conversation = createConversation({ hasJoinRefs })
    isHostile = false
    void talk(own)
  }

  function closed(code?: number) {
    if (!isClosed) recordEnd(code)
    line = undefined
    seenBefore += conversation.seen()
  }

  function recordEnd(code?: number) {
    if (code === normalCode) sawWrong('the node closed the connection with 1000, after which no client connects again')
    if (isHostile && code === nonsenseCode) return
    const value = { ...(code !== undefined && { code }), ...(through !== undefined && { through }) }
    recorder.record({ who, type: 'read', operation: 'conversation-end', node, value })
  }

  const sawWrong = (wrong: string) =>
    recorder.record({ who, type: 'read', operation: 'conversation', node, value: { wrong } })

  function take(text: string) {
    const wrong = conversation.received(read(text))
    if (wrong) sawWrong(wrong)
  }

  /**
   * Once, at the beginning, a client of long polls may not poll for longer than a poll waits, because its session is kept for twice of that;
   * or it sends nothing, so that a poll is answered with nothing.
   */
  async function talk(own: Line) {
    if (transport === 'longpoll' && !hasBegun) await begin()
    void beat(own)
    void act(own)
  }

  async function begin() {
    hasBegun = true
    const share = random.next()
    isResting = share < restShare
    if (share >= 1 - quietShare) await clock.sleep(quietMs)
  }

  async function rest() {
    if (isResting) await clock.sleep(restMs)
    isResting = false
  }

  function nextRef() {
    lastRef += 1
    return String(lastRef)
  }

  const frame = (
    topic: string,
    event: string,
    payload: unknown = {},
    joinRef = conversation.joinRefOf(topic),
  ): Frame => {
    const ref = nextRef()
    const own = event === 'phx_join' ? ref : (joinRef ?? null)
    return [own, ref, topic, event, payload]
  }

  /** All in one piece, as they arrive over TCP. */
  function send(...frames: Frame[]) {
    for (const one of frames) conversation.sent(one)
    line?.send(frames.map(write))
  }

  const ping = (topic: string) => frame(topic, 'ping', { ack_phrase: nextRef() })

  const acts = createActs({
    who,
    transport,
    random,
    conversation: () => conversation,
    nextRef,
    frame,
    ping,
    send,
    sendFrames: (frames) => line?.send(frames.map(write)),
    sendNonsense(text) {
      isHostile = true
      line?.send([text])
    },
    isResting: () => isResting,
  })

  async function act(own: Line) {
    while (isActing && line === own) {
      const topic = random.pick(topics)
      // What follows a crash is lost until the client knows of it, and what follows nonsense is not read.
      if (!isHostile && !conversation.waitsOn(topic)) acts[random.pick(Object.keys(acts))]!(topic)
      await clock.sleep(random.integer(...gapMs))
    }
  }

  async function beat(own: Line) {
    while (isBeating && line === own) {
      send([null, nextRef(), 'phoenix', 'heartbeat', {}])
      await clock.sleep(clientHeartbeatMs)
    }
  }

  const isRecent = (atMs: number) => atMs > clock.monotonicMs() - relayWaitsMs

  const write = ([joinRef, ref, topic, event, payload]: Frame) =>
    JSON.stringify(
      hasJoinRefs ? [joinRef, ref, topic, event, payload] : { topic, event, payload, ref, join_ref: joinRef },
    )

  function read(text: string): Frame {
    if (hasJoinRefs) return JSON.parse(text) as Frame
    const { topic, event, payload, ref } = JSON.parse(text) as { [key: string]: never }
    return [null, ref ?? null, topic!, event!, payload]
  }

  connect()
  return {
    who,
    node,
    /** Does nothing more, but asks on each topic whether what came before was answered. */
    stop() {
      isActing = false
      for (const topic of conversation.joinedTopics()) if (!conversation.waitsOn(topic)) send(ping(topic))
    },
    /** Sends nothing at all any more, so that nothing is on its way. */
    fallSilent() {
      isBeating = false
    },
    /** What it may account for at its node; a session of long polls that nobody polls is kept for a while. */
    present() {
      const count = transport === 'longpoll' ? sessions.count() : line ? 1 : 0
      const own = transport === 'longpoll' ? { connections: 0, polls: count } : { connections: count, polls: 0 }
      const all = { who, ...own, channels: count * topics.length, ...(count > 1 && { isStalled: true as const }) }
      if (through === undefined) return [{ ...all, node }]
      // Where a session is gone, the node that was asked opens another one.
      const there = count > 1 ? all : { ...all, polls: 0, channels: 0 }
      return [
        { ...all, node },
        { ...there, node: through, relays: true as const, relayed: relayedMs.filter(isRecent).length },
      ]
    },
    /** How many frames came, how many requests went through another node, and the first frame that is missing. */
    conversation() {
      const missing = !line ? 'it is not connected in the end' : isHostile ? unclosed : conversation.missing()
      const polled = through !== undefined && { through, relayedRequests: relayedMs.length }
      return { frames: seenBefore + conversation.seen(), ...polled, ...(missing && { missing }) }
    },
    close() {
      isClosed = true
      line?.close()
    },
  }
}
