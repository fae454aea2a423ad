import type { Clock } from '../../../system/platform/clock.ts'
import type { Random } from '../../../system/platform/random.ts'
import { clientHeartbeatMs } from '../../timing.ts'
import { type Conversation, channelsMax, createConversation, type Frame } from './conversation.ts'
import type { End, Network } from './network.ts'
import type { Recorder } from './recorder.ts'
import { slowEvent } from './slow-handler.ts'

interface VisitorOptions {
  network: Network
  recorder: Recorder
  clock: Clock
  random: Random
  who: string
  node: string
  version: '1.0.0' | '2.0.0'
}

export type Visitor = ReturnType<typeof openVisitor>

const reconnectAfterMs = 300
const gapMs = [150, 700] as const
/** More than a session lets wait for a join. */
const burstCount = 130
const burstShare = 0.15
const crowdShare = 0.1
/** More than a channel lets wait before it stops reading from its client. */
const backlogCount = 1_050
const backlogShare = 0.1

/**
 * A client that is stricter than the official one: it does what clients rarely do, knows of each frame what has to follow, and writes down
 * the first thing that is wrong. Connects again until it is closed.
 */
export function openVisitor({ network, recorder, clock, random, who, node, version }: VisitorOptions) {
  const hasJoinRefs = version === '2.0.0'
  const topics = ['a', 'b'].map((name) => `ping:${who}-${name}`)
  let end: End | undefined
  let conversation: Conversation = createConversation({ hasJoinRefs })
  let lastRef = 0
  let seenBefore = 0
  let isActing = true
  let isBeating = true
  let isClosed = false

  function connect() {
    if (isClosed) return
    const own = network.connect(who, `${node}:web`, `/socket/websocket?vsn=${version}`)
    own.onOpen = () => opened(own)
    own.onMessage = (text) => end === own && take(text)
    own.onClose = () => {
      if (end === own) closed()
      clock.after(reconnectAfterMs, connect)
    }
  }

  function opened(own: End) {
    end = own
    conversation = createConversation({ hasJoinRefs })
    void beat(own)
    void act(own)
  }

  function closed() {
    end = undefined
    seenBefore += conversation.seen()
  }

  function take(text: string) {
    const wrong = conversation.received(read(text))
    if (wrong) recorder.record({ who, type: 'read', operation: 'conversation', node, value: { wrong } })
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
    end?.send(frames.map(write).join('\n'))
  }

  const ping = (topic: string) => frame(topic, 'ping', { ack_phrase: nextRef() })

  function sendJoin(topic: string) {
    const join = frame(topic, 'phx_join')
    const own = join[1]!
    const count = random.next() < burstShare ? burstCount : random.integer(0, 3)
    send(join, ...Array.from({ length: count }, () => frame(topic, 'ping', { ack_phrase: nextRef() }, own)))
  }

  const acts: Record<string, (topic: string) => unknown> = {
    join: sendJoin,
    joinAnew: sendJoin,
    push: (topic) => send(ping(topic), ping(topic), frame(topic, 'pong'), ping(topic)),
    pushStale: (topic) => send(frame(topic, 'ping', { ack_phrase: 'stale' }, '0'), ping(topic)),
    /** As clients do that join without a join_ref, or do not know of it. */
    pushWithoutJoinRef: (topic) => send([null, nextRef(), topic, 'ping', { ack_phrase: 'no join_ref' }]),
    pushBehindSlowOne(topic) {
      const count = random.next() < backlogShare ? backlogCount : 3
      send(frame(topic, slowEvent), ...Array.from({ length: count }, () => ping(topic)))
    },
    /** Up to the limit and beyond it; what is joined may be joined anew even then. */
    crowdIn(topic) {
      if (random.next() > crowdShare) return
      const many = Array.from({ length: channelsMax }, (_, n) => `ping:${who}-${n}`)
      send(frame(topic, 'phx_join'), ...many.map((one) => frame(one, 'phx_join')), frame(topic, 'phx_join'))
      send(...conversation.joinedTopics().map((one) => frame(one, 'phx_leave')))
    },
    leaveStale: (topic) => send(frame(topic, 'phx_leave', {}, '0'), ping(topic)),
    leave: (topic) => send(frame(topic, 'phx_leave')),
    leaveAndPush: (topic) => send(frame(topic, 'phx_leave'), frame(topic, 'ping', { ack_phrase: 'late' })),
    leaveTwice(topic) {
      const own = conversation.joinRefOf(topic)
      send(frame(topic, 'phx_leave'), frame(topic, 'phx_leave', {}, own))
    },
    ding: (topic) => send(ping(topic), frame(topic, 'ding')),
    crash: (topic) => send(ping(topic), frame(topic, 'crash')),
    refused: () => send(frame('wild:1:3', 'phx_join'), frame('wild:x:2', 'phx_join'), frame('nobody:1', 'phx_join')),
  }

  async function act(own: End) {
    while (isActing && end === own) {
      const topic = random.pick(topics)
      // What follows a crash is lost until the client knows of it.
      if (!conversation.waitsOn(topic)) acts[random.pick(Object.keys(acts))]!(topic)
      await clock.sleep(random.integer(...gapMs))
    }
  }

  async function beat(own: End) {
    while (isBeating && end === own) {
      send([null, nextRef(), 'phoenix', 'heartbeat', {}])
      await clock.sleep(clientHeartbeatMs)
    }
  }

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
    joins: () => ({ connected: end !== undefined, expected: topics, joined: conversation.joinedTopics() }),
    /** How many frames came, and the first that is missing. */
    conversation() {
      const missing = end ? conversation.missing() : 'it is not connected in the end'
      return { frames: seenBefore + conversation.seen(), ...(missing && { missing }) }
    },
    close() {
      isClosed = true
      end?.close(1000)
    },
  }
}
