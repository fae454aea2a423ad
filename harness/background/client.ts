import type { Joins } from '../app.ts'
import { type Message, type RawFrame, type Version, writeParts } from '../clients/frames.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { crashingJoin } from '../history/background.ts'
import { clientEvent } from '../history/client-kinds.ts'
import type { Present } from '../history/inventory.ts'
import { mannersOf, type SocketEvent } from '../history/manners.ts'
import type { LedgerEntry } from '../history/operation.ts'
import type { Recorder } from '../history/recorder.ts'
import { systemClock as clock } from '../platform/clock.ts'
import { backgroundSilentMs, clientHeartbeatMs } from '../timing.ts'
import { digestOf } from './content.ts'
import { createPollSessions } from './poll-sessions.ts'
import { openPollTransport } from './poll-transport.ts'
import type { FrameReader } from './read-frame.ts'
import type { Transport, TransportEvents } from './transport.ts'
import { openWebSocketTransport } from './websocket-transport.ts'

/** Unlike the official client it neither forgives nor hides anything: every frame is read strictly, and every reply is recorded. */
export interface BackgroundClient {
  readonly name: string
  readonly node: string
  readonly role: Role
  /** Joins, or joins anew what is joined already. Resolves with whether it was answered in time. */
  join(topic: string): Promise<boolean>
  leave(topic: string): Promise<boolean>
  push(topic: string, push: Push): void
  /** Asks for a topic whose join crashes: that must be answered too. */
  joinCrashing(topic: string): void
  /** Pushes with the join_ref of a join that was replaced: a node must ignore it (CH-41). */
  pushStale(topic: string): void
  isJoined(topic: string): boolean
  hasReceived(publisher: string, seq: number): boolean
  /** Pushes of this connection, on a topic or on all, that were not answered yet. */
  unansweredCount(topic?: string): number
  pause(): void
  resume(): void
  joins(): Joins
  present(): Present[]
  close(): void
}

export interface Role {
  readonly version: Version
  readonly transport: 'websocket' | 'longpoll'
  /** Joins the topic of binary broadcasts. */
  readonly readsBytes: boolean
  /** Polls and sends through another node than that of its session. */
  readonly through?: string
  /** Pushes no bytes either: the system does not promise to take them. */
  readonly isTextOnly?: true
}

export interface Push {
  event: string
  payload: unknown
  /** What must be answered, as `answerOf` returns it. */
  answer: string
}

/** A reply as it is compared. */
export const answerOf = (status: unknown, response: unknown): string => `${status} ${digestOf(response)}`

const kindOf = ({ version, transport }: Role) =>
  transport === 'longpoll' ? 'long poll' : version === '1.0.0' ? 'V1' : 'V2'

interface Options {
  name: string
  node: string
  role: Role
  /** Of the version of the role; the clients of a cluster share it. */
  readFrame: FrameReader
  cluster: Cluster
  recorder: Recorder
}

/** Something that was sent with a ref. */
type Sent =
  | { what: 'join'; topic: string; askedMs: number; done(isOk: boolean): void }
  | { what: 'leave'; topic: string; done(isOk: boolean): void }
  | { what: 'push'; topic: string; end(type: 'ok' | 'unsure'): void }

const answeredWithinMs = 3_000
const reconnectAfterMs = [20, 50, 100, 200, 400, 800] as const
const rejoinAfterMs = 200
/** Of a connection that ended without a close frame. */
const abnormalCode = 1006

/** Opens a client that connects, joins and sends heartbeats until it is closed. Never rejects: what it cannot do shows in `joins`. */
export async function openBackgroundClient({
  name,
  node,
  role,
  readFrame,
  cluster,
  recorder,
}: Options): Promise<BackgroundClient> {
  const link = await cluster.links.link(name, node)
  const through = role.through === undefined ? undefined : await cluster.links.link(name, role.through)
  const { version } = role
  const wanted = new Set<string>()
  /** Topic -> join_ref of the current join, and of the one before. */
  const joined = new Map<string, string>()
  const replaced = new Map<string, string>()
  const sent = new Map<string, Sent>()
  const received = new Map<string, Set<number>>()
  const sessions = createPollSessions(clock)
  let transport: Transport | undefined
  let isOpen = false
  let isClosed = false
  let attempts = 0
  let connection = 0
  let lastRef = 0
  let heardMs = clock.monotonicMs()
  let sentMs = heardMs
  let hasGivenUp = false
  let stopBeat = () => {}

  /** Its answers come from another node than the one that it asks. */
  const relayed = role.through !== undefined && { waitsForOthers: true }

  recorder.record(clientEvent({ who: name, node, kind: kindOf(role), owner: name }))

  function connect() {
    if (isClosed) return
    const own: Transport = open({
      onOpen: () => opened(),
      onSession: sessions.opened,
      onFrame: (frame) => own === transport && take(frame),
      onNonsense: (why, beginning) => unreadable(why, beginning),
      onClose: (code, waitedMs) => own === transport && closed(code, waitedMs),
    })
    transport = own
  }

  function open(events: TransportEvents): Transport {
    if (role.transport === 'websocket')
      return openWebSocketTransport(`ws://${link.host}:${link.port}/socket/websocket?vsn=${version}`, events)
    const pollsAt = (at: string) => `${at}/socket/longpoll?vsn=${version}`
    return openPollTransport(pollsAt(link.url), events, pollsAt((through ?? link).url))
  }

  function opened() {
    isOpen = true
    attempts = 0
    connection += 1
    heardMs = clock.monotonicMs()
    hasGivenUp = false
    recorder.record({ who: name, type: 'connect', node })
    stopBeat = clock.after(clientHeartbeatMs, beat)
    for (const topic of wanted) void sendJoin(topic)
  }

  function closed(code?: number, waitedMs?: number) {
    stopBeat()
    sessions.left()
    if (isOpen) recordEnd(code, waitedMs)
    isOpen = false
    joined.clear()
    replaced.clear()
    for (const one of sent.values()) giveUp(one)
    sent.clear()
    const delayMs = reconnectAfterMs[Math.min(attempts, reconnectAfterMs.length - 1)]!
    attempts += 1
    if (!isClosed) clock.after(delayMs, connect)
  }

  function recordEnd(code = abnormalCode, waitedMs?: number) {
    const closedBy = isClosed ? 'client' : hasGivenUp ? 'heartbeat' : 'others'
    if (!isClosed) recorder.record({ who: name, type: 'disconnect', node, value: code })
    const atMs = clock.monotonicMs()
    const path = role.transport === 'websocket' ? '/socket' : '/socket/longpoll'
    const value: SocketEvent = {
      ...{ kind: 'end', document: 0, path, socket: connection, link: link.name, wasOpen: true },
      ...{ atMs, code, closedBy, silentMs: atMs - sentMs, ...(waitedMs !== undefined && { waitedMs }) },
      ...(role.through !== undefined && { through: role.through }),
    }
    recorder.record({ who: name, node, type: 'read', operation: mannersOf.socket, value })
  }

  function giveUp(one: Sent) {
    if (one.what === 'push') one.end('unsure')
    else one.done(false)
  }

  function beat() {
    hasGivenUp = clock.monotonicMs() - heardMs > backgroundSilentMs
    if (hasGivenUp) return transport?.close()
    write(null, nextRef(), 'phoenix', 'heartbeat', {})
    stopBeat = clock.after(clientHeartbeatMs, beat)
  }

  function nextRef() {
    lastRef += 1
    return String(lastRef)
  }

  function write(joinRef: string | null, ref: string, topic: string, event: string, payload: unknown) {
    sentMs = clock.monotonicMs()
    transport?.send(writeParts(version, [joinRef, ref, topic, event, payload]))
  }

  function unreadable(why: string, beginning: string) {
    recorder.record({ who: name, type: 'unreadable', node, value: { why, beginning } })
  }

  function take(frame: RawFrame) {
    heardMs = clock.monotonicMs()
    const { read, entry } = readFrame(frame)
    if (read.kind === 'unreadable') return unreadable(read.why, read.beginning)
    const message = read.value
    if (message.topic === 'phoenix') return
    if (message.event === 'phx_reply') return takeReply(message)
    if (message.event === 'phx_error' || message.event === 'phx_close') return takeEnd(message)
    takeBroadcast(message, entry())
  }

  function takeBroadcast({ topic, event, joinRef }: Message, value: LedgerEntry) {
    recorder.record({ who: name, type: 'receive', topic, event, joinRef, node, value })
    const own = received.get(value.publisher) ?? new Set<number>()
    received.set(value.publisher, own.add(value.seq))
  }

  function takeReply({ ref, topic, joinRef, payload }: Message) {
    const { status, response } = payload as { status: unknown; response: unknown }
    const isUnmatched = (response as { reason?: unknown } | undefined)?.reason === 'unmatched topic'
    const value = { connection, ref, answer: answerOf(status, response), ...(isUnmatched && { isUnmatched }) }
    recorder.record({ who: name, type: 'receive', topic, event: 'phx_reply', joinRef, node, value })
    const one = sent.get(String(ref))
    if (!one) return
    sent.delete(String(ref))
    if (one.what === 'push') return one.end('ok')
    if (one.what === 'join') hasJoined(one, String(ref), status === 'ok')
    else recorder.record({ who: name, type: 'leave', topic, node, value: { acknowledged: true } })
    one.done(status === 'ok')
  }

  function hasJoined({ topic, askedMs }: { topic: string; askedMs: number }, joinRef: string, isOk: boolean) {
    if (!isOk) return rejoinLater(topic)
    joined.set(topic, joinRef)
    recorder.record({ who: name, type: 'join', topic, node, joinRef, value: { askedMs } })
  }

  const rejoinLater = (topic: string) =>
    void clock.after(rejoinAfterMs, () => isOpen && wanted.has(topic) && !joined.has(topic) && void sendJoin(topic))

  /** A channel has ended on the node; that of a join which was replaced is no news. Version 1 does not say which. */
  function takeEnd({ topic, event, joinRef, ref }: Message) {
    const current = joined.get(topic)
    if (current === undefined || (joinRef ?? ref) !== current) return
    joined.delete(topic)
    recorder.record({ who: name, type: 'leave', topic, node, event })
    endPushes(topic)
    if (wanted.has(topic)) rejoinLater(topic)
  }

  const unanswered = (topic?: string) =>
    [...sent.values()].filter((one) => one.what === 'push' && (topic === undefined || one.topic === topic)).length

  function endPushes(topic: string) {
    for (const [ref, one] of sent) if (one.what === 'push' && one.topic === topic && sent.delete(ref)) one.end('unsure')
  }

  function sendJoin(topic: string): Promise<boolean> {
    if (!isOpen) return Promise.resolve(false)
    const before = joined.get(topic)
    // A channel that is replaced answers nothing any more.
    if (before !== undefined && unanswered(topic) > 0) return Promise.resolve(false)
    if (before !== undefined) {
      recorder.record({ who: name, type: 'leave', topic, node })
      replaced.set(topic, before)
      joined.delete(topic)
    }
    const ref = nextRef()
    return answered((done) => {
      sent.set(ref, { what: 'join', topic, askedMs: recorder.nowMs(), done })
      write(ref, ref, topic, 'phx_join', {})
    })
  }

  function sendLeave(topic: string): Promise<boolean> {
    const joinRef = joined.get(topic)
    if (!isOpen || joinRef === undefined) return Promise.resolve(false)
    joined.delete(topic)
    recorder.record({ who: name, type: 'leave', topic, node })
    const ref = nextRef()
    return answered((done) => {
      sent.set(ref, { what: 'leave', topic, done })
      write(joinRef, ref, topic, 'phx_leave', {})
    })
  }

  function sendPush(topic: string, joinRef: string, { event, payload, answer }: Push, isStale: boolean) {
    const ref = nextRef()
    const value = { channel: 'PingChannel', connection, ref, joinRef, topic, answer, ...relayed }
    // What no node may answer is no operation that could end.
    if (isStale) recorder.record({ who: name, node, type: 'read', operation: 'stale-push', value })
    else sent.set(ref, { what: 'push', topic, end: recorder.begin(name, 'push', value).end })
    write(joinRef, ref, topic, event, payload)
  }

  /** Ends as a push does, when it is answered. */
  function sendCrashingJoin(topic: string) {
    if (!isOpen) return
    const ref = nextRef()
    const answer = answerOf('error', { reason: 'join crashed' })
    const value = { connection, ref, joinRef: ref, topic, answer, ...relayed }
    sent.set(ref, { what: 'push', topic, end: recorder.begin(name, crashingJoin, value).end })
    write(ref, ref, topic, 'phx_join', {})
  }

  connect()
  return {
    name,
    node,
    role,
    join(topic) {
      wanted.add(topic)
      return sendJoin(topic)
    },
    leave(topic) {
      wanted.delete(topic)
      return sendLeave(topic)
    },
    push(topic, push) {
      const joinRef = joined.get(topic)
      if (joinRef !== undefined) sendPush(topic, joinRef, push, false)
    },
    joinCrashing: sendCrashingJoin,
    pushStale(topic) {
      const joinRef = replaced.get(topic)
      if (joinRef === undefined || !joined.has(topic)) return
      sendPush(topic, joinRef, { event: 'ping', payload: {}, answer: 'none' }, true)
    },
    isJoined: (topic) => joined.has(topic),
    hasReceived: (publisher, seq) => received.get(publisher)?.has(seq) === true,
    unansweredCount: unanswered,
    pause: () => transport?.pause(),
    resume: () => transport?.resume(),
    joins: () => ({ connected: isOpen, expected: [...wanted], joined: [...joined.keys()] }),
    present() {
      if (role.transport === 'websocket')
        return [{ who: name, node, connections: isOpen ? 1 : 0, polls: 0, channels: isOpen ? wanted.size : 0 }]
      const polls = sessions.count()
      const isStalled = polls > 1 ? { isStalled: true as const } : {}
      const own = { who: name, connections: 0, polls, channels: polls * wanted.size, ...isStalled }
      if (role.through === undefined) return [{ ...own, node }]
      // Where a session is gone, the node that was asked opens another one.
      const there = polls > 1 ? own : { ...own, polls: 0, channels: 0 }
      return [
        { ...own, node },
        { ...there, node: role.through, relays: true },
      ]
    },
    close() {
      isClosed = true
      stopBeat()
      transport?.close()
    },
  }
}

/** Resolves with the answer, or with false when there is none in time. */
function answered(ask: (done: (isOk: boolean) => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(answeredWithinMs, () => resolve(false))
    ask((isOk) => {
      cancel()
      resolve(isOk)
    })
  })
}
