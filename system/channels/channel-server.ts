import type { Log } from '../platform/log.ts'
import type { Broadcast, PubSub, Subscriber } from '../pubsub/index.ts'
import type { ActorRef, Runtime } from '../runtime/index.ts'
import type { Channel, ChannelDefinition, HandleResult, JoinResult, ReplyRef } from './channel.ts'
import { assertPayload, closed, crashed, type Message, type Ref, replyTo } from './message.ts'
import type { Serializer } from './serializers/serializer.ts'
import type { Joined } from './socket.ts'

type ChannelMail =
  | { kind: 'join' }
  | { kind: 'in'; message: Message }
  | { kind: 'leave'; message: Message }
  | { kind: 'out'; broadcast: Broadcast }
  | { kind: 'info'; message: unknown }

/** What the channels of one connection share. */
export interface ChannelHost {
  runtime: Runtime
  pubsub: PubSub
  log: Log
  serializer: Serializer
  socketId: string | null
  assigns: Readonly<Record<string, unknown>>
  send(message: Message): void
  broadcast(broadcast: Broadcast): void
  /** Breaks the connection. */
  drop(): void
  /** The client is not read while one of its channels has too much to do. */
  hold(): void
  release(): void
  /** Awaited before the named handler, e.g. `PingChannel.ping`, when it answers with a promise. */
  beforeHandle: (handler: string) => Promise<void> | undefined
  quirks: Partial<ChannelQuirks>
}

/** What channels can be made to do wrong on purpose (FI-18). */
export interface ChannelQuirks {
  duplicateSubscription: boolean
  crashTakesConnection: boolean
  silentCrash: boolean
  crashAsReply: boolean
}

export interface ChannelServer extends Joined {
  readonly actor: ActorRef<ChannelMail>
  /** Ends the channel without a word to the client and without its hook: another join took its place. */
  discard(): void
  /** Ends the channel because its connection ended; the hook runs (CH-63). */
  close(reason: string): void
  takePush(message: Message): void
  takeLeave(message: Message): void
}

interface StartOptions {
  definition: ChannelDefinition
  message: Message
  host: ChannelHost
  /** Called right after the join was answered, before anything else of the new channel. */
  onAnswered(): void
  /** Called once when a joined channel is gone, however it ended. */
  onGone(server: ChannelServer): void
}

export class JoinRefused extends Error {}

const isClean = (reason: string) => reason === 'normal' || reason === 'shutdown' || reason.startsWith('shutdown:')

/**
 * The actor of one joined topic (CH-1, CH-5). Answers the join itself, so that nothing of the channel can overtake the answer
 * (CH-56). Resolves with the channel, or with undefined when the join was refused or crashed.
 */
export async function startChannel(options: StartOptions): Promise<ChannelServer | undefined> {
  const { definition, message, host, onAnswered, onGone } = options
  const topic = message.topic as string
  /** A join without join_ref lends its ref to what the channel sends, but not to its close frames. */
  const joinRef: Ref = message.joinRef ?? message.ref
  const assigns: Record<string, unknown> = { ...host.assigns }
  let current: Message | undefined
  let joined = false
  let silent = false
  let hookDone = false
  let held = false

  const push = (event: string, payload: unknown) => {
    assertPayload(payload)
    host.send({ joinRef, ref: null, topic, event, payload })
  }
  const fastlane: Subscriber = {
    deliver(broadcast) {
      if (definition.intercept?.includes(broadcast.event)) actor.send({ kind: 'out', broadcast })
      else host.broadcast(broadcast)
    },
  }
  const direct: Subscriber = { deliver: (broadcast) => actor.send({ kind: 'info', message: broadcast }) }
  const otherTopics = new Set<string>()

  const channel: Channel = {
    topic,
    joinRef,
    nodeName: host.pubsub.nodeName,
    assigns,
    socketId: host.socketId,
    push,
    broadcast(event, payload) {
      assertPayload(payload)
      host.pubsub.broadcast(topic, event, payload)
    },
    broadcastFrom(event, payload) {
      assertPayload(payload)
      host.pubsub.broadcast(topic, event, payload, { from: fastlane })
    },
    replyRef() {
      if (!current) throw new Error('replyRef() is only there while a push is being handled')
      return { topic, joinRef, ref: current.ref }
    },
    reply: (to, status, response = {}) => answer(to, status, response),
    send: (mail) => actor.send({ kind: 'info', message: mail }),
    sendAfter(delayMs, mail) {
      const cancel = host.runtime.clock.after(delayMs, () => actor.send({ kind: 'info', message: mail }))
      actor.onExit(cancel)
      return cancel
    },
    subscribe(other) {
      otherTopics.add(other)
      host.pubsub.subscribe(other, direct)
    },
    unsubscribe(other) {
      otherTopics.delete(other)
      host.pubsub.unsubscribe(other, direct)
    },
  }

  function answer(to: ReplyRef | Message, status: string, response: unknown) {
    host.send({ joinRef, ref: to.ref, topic, event: 'phx_reply', payload: { status, response } })
  }

  function unsubscribeAll() {
    host.pubsub.unsubscribe(topic, fastlane)
    for (const other of otherTopics) host.pubsub.unsubscribe(other, direct)
  }

  async function runHook(reason: string) {
    if (hookDone || !joined) return
    hookDone = true
    await definition.terminate?.(reason, channel)
  }

  async function before(event: unknown) {
    await host.beforeHandle(`${definition.name}.${String(event)}`)
  }

  async function join(): Promise<JoinResult | undefined> {
    try {
      await before('join')
      const result = await definition.join(topic, message.payload, channel)
      if (result?.kind !== 'ok' && result?.kind !== 'refuse') throw new TypeError('join must return ok() or refuse()')
      if (result.kind === 'ok') subscribeTopic()
      host.send(replyTo(message, message.joinRef, result.kind === 'ok' ? 'ok' : 'error', result.response))
      joined = result.kind === 'ok'
      return result
    } catch (error) {
      unsubscribeAll()
      host.log.error({ topic, channel: definition.name, err: error }, 'an exception was raised: join crashed')
      host.send(replyTo(message, message.joinRef, 'error', { reason: 'join crashed' }))
      return undefined
    } finally {
      onAnswered()
    }
  }

  function subscribeTopic() {
    host.pubsub.subscribe(topic, fastlane)
    if (host.quirks.duplicateSubscription) host.pubsub.subscribe(topic, fastlane)
  }

  function handlePush(mail: Message): HandleResult | Promise<HandleResult> {
    if (typeof mail.event !== 'string' || mail.event.startsWith('phx_') || !definition.handleIn)
      throw new Error(`${definition.name} has no handler for the event ${JSON.stringify(mail.event)}`)
    const event = mail.event
    const delayed = host.beforeHandle(`${definition.name}.${event}`)
    if (!delayed) return definition.handleIn(event, mail.payload, channel)
    return delayed.then(() => definition.handleIn!(event, mail.payload, channel))
  }

  function releaseWhen(isCaughtUp: boolean) {
    if (!held || !isCaughtUp) return
    held = false
    host.release()
  }

  function handle(mail: ChannelMail): unknown {
    releaseWhen(actor.mailboxLength <= backlogGone)
    if (mail.kind === 'join') return join()
    if (mail.kind === 'leave') return leave(mail.message)
    current = mail.kind === 'in' ? mail.message : undefined
    try {
      const result = dispatch(mail)
      if (!(result instanceof Promise)) return settle(mail, result)
      return result.then((later) => settle(mail, later)).catch((error) => crash(error))
    } catch (error) {
      return crash(error)
    }
  }

  function dispatch(mail: Exclude<ChannelMail, { kind: 'join' | 'leave' }>): HandleResult | Promise<HandleResult> {
    if (mail.kind === 'in') return handlePush(mail.message)
    if (mail.kind === 'out') {
      if (!definition.handleOut)
        throw new Error(`${definition.name} intercepts ${mail.broadcast.event} but has no handleOut`)
      return definition.handleOut(mail.broadcast.event, mail.broadcast.payload, channel)
    }
    if (!definition.handleInfo) throw new Error(`${definition.name} has no handler for messages to itself`)
    return definition.handleInfo(mail.message, channel)
  }

  function settle(mail: ChannelMail, result: HandleResult): unknown {
    if (result?.kind === 'noreply') return undefined
    if (result?.kind === 'reply' && mail.kind === 'in') return answer(mail.message, result.status, result.response)
    if (result?.kind === 'stop') return stopChannel(mail, result)
    throw new TypeError(`${definition.name} returned something that is no result of a handler`)
  }

  async function stopChannel(mail: ChannelMail, { reason, reply }: Extract<HandleResult, { kind: 'stop' }>) {
    if (reply && mail.kind === 'in') answer(mail.message, reply.status, reply.response)
    unsubscribeAll()
    host.send(isClean(reason) ? closed(topic, message.joinRef) : crashed(topic, message.joinRef))
    await finish(reason)
  }

  async function leave(request: Message) {
    unsubscribeAll()
    answer(request, 'ok', {})
    host.send(closed(topic, message.joinRef))
    await finish('left')
  }

  async function finish(reason: string) {
    silent = true
    server.leaving = true
    onGone(server)
    await runHook(reason)
    void actor.stop()
  }

  function reportCrash() {
    if (host.quirks.crashAsReply && current) answer(current, 'error', { reason: 'crash' })
    else if (!host.quirks.silentCrash) host.send(crashed(topic, message.joinRef))
    if (host.quirks.crashTakesConnection) host.drop()
  }

  async function crash(error: unknown): Promise<never> {
    unsubscribeAll()
    await Promise.resolve(runHook(String(error))).catch(() => {})
    throw error
  }

  const actor = host.runtime.spawn<ChannelMail>(
    {
      name: `${definition.name}:${topic}`,
      handle,
      terminate() {
        unsubscribeAll()
        releaseWhen(true)
        if (!joined || silent) return
        reportCrash()
        onGone(server)
      },
    },
    { unique: false },
  )

  const server: ChannelServer = {
    joinRef: message.joinRef,
    leaving: false,
    actor,
    discard() {
      silent = true
      hookDone = true
      unsubscribeAll()
      actor.kill()
    },
    close(reason) {
      silent = true
      unsubscribeAll()
      void runHook(reason).catch((error) => host.log.error({ topic, err: error }, 'a terminate hook failed'))
      actor.kill()
    },
    takePush(mail) {
      actor.send({ kind: 'in', message: mail })
      if (held || actor.mailboxLength < backlogMax) return
      held = true
      host.hold()
    },
    takeLeave(mail) {
      server.leaving = true
      actor.send({ kind: 'leave', message: mail })
    },
  }

  const result = await actor.call<JoinResult | undefined>({ kind: 'join' }, joinTimeoutMs).catch(() => undefined)
  if (result?.kind === 'ok' && actor.alive) return server
  if (result?.kind !== 'ok') actor.kill()
  return undefined
}

/** So many messages may wait for one channel; then its client is not read any further. */
const backlogMax = 1_000
const backlogGone = 100

/** A join that takes longer than any client waits has failed. */
const joinTimeoutMs = 60_000
