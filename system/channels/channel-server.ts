import type { Log } from '../platform/log.ts'
import type { Broadcast, PubSub, Subscriber } from '../pubsub/index.ts'
import type { ActorRef, ActorSpec, Runtime } from '../runtime/index.ts'
import type { Channel, ChannelDefinition, HandleResult, JoinResult, ReplyRef } from './channel.ts'
import { assertPayload, closed, crashed, type Message, type Ref, replyTo } from './message.ts'
import type { Joined } from './socket.ts'
import type { Outlet } from './transports/transport.ts'

interface JoinMail {
  kind: 'join'
  message: Message
  onAnswered: StartOptions['onAnswered']
}

type ChannelMail =
  | JoinMail
  | { kind: 'in'; message: Message }
  | { kind: 'leave'; message: Message }
  | { kind: 'out'; broadcast: Broadcast }
  | { kind: 'info'; message: unknown }

/** What all channels of a node share. */
export interface ChannelEnvironment {
  runtime: Runtime
  pubsub: PubSub
  log: Log
  /** Awaited before a channel's handler of an event when it answers with a promise. */
  beforeHandle: (channel: string, event: string) => Promise<void> | undefined
  quirks: Partial<ChannelQuirks>
  counters: ChannelCounters
}

export interface ChannelCounters {
  /** Messages that were encoded for one client alone. */
  pushes: number
  /** How many pushes the channels of each kind have begun to handle (AM-10). */
  handled: Record<string, number>
}

/** What the channels of one connection share. */
export interface ChannelHost {
  readonly environment: ChannelEnvironment
  readonly socketId: string | null
  readonly assigns: Readonly<Record<string, unknown>>
  /** Where broadcasts go that no channel looks at. */
  readonly outlet: Outlet
  send(message: Message): void
  /** Breaks the connection. */
  drop(): void
  /** Told once when a joined channel is gone, however it ended. */
  forget(server: ChannelServer): void
  /** The client is not read while one of its channels has too much to do. */
  hold(): void
  release(): void
}

/** What channels can be made to do wrong on purpose (FI-18). */
export interface ChannelQuirks {
  duplicateSubscription: boolean
  crashTakesConnection: boolean
  silentCrash: boolean
  crashAsReply: boolean
  outlivesConnection: boolean
  keepsLastMessage: boolean
}

interface StartOptions {
  definition: ChannelDefinition
  message: Message
  host: ChannelHost
  /** Called right after the join was answered, before anything else of the new channel; without it when it was refused or crashed. */
  onAnswered(joined?: ChannelServer): void
}

const isClean = (reason: string) => reason === 'normal' || reason === 'shutdown' || reason.startsWith('shutdown:')

/**
 * Starts the actor of one joined topic (CH-1, CH-5). It answers the join itself, so that nothing of the channel can overtake the answer
 * (CH-56). Resolves when the join is over.
 */
export async function startChannel({ definition, message, host, onAnswered }: StartOptions) {
  const { actor } = new ChannelServer(definition, message, host)
  const mail: ChannelMail = { kind: 'join', message, onAnswered }
  const result = await actor.call<JoinResult | undefined>(mail, joinTimeoutMs).catch(() => undefined)
  if (result?.kind !== 'ok') actor.kill()
}

/** What handlers see of their channel. Its functions are made when they are asked for, so that they can be taken out of it by name. */
class ChannelHandle implements Channel {
  private readonly server: ChannelServer
  readonly assigns: Record<string, unknown>

  constructor(server: ChannelServer, assigns: Readonly<Record<string, unknown>>) {
    this.server = server
    this.assigns = { ...assigns }
  }
  get id() {
    return this.server.actor.id
  }
  get topic() {
    return this.server.topic
  }
  get joinRef() {
    return this.server.ownRef
  }
  get nodeName() {
    return this.server.host.environment.pubsub.nodeName
  }
  get socketId() {
    return this.server.host.socketId
  }
  get push(): Channel['push'] {
    return (event, payload) => this.server.push(event, payload)
  }
  get broadcast(): Channel['broadcast'] {
    return (event, payload) => this.server.publish(event, payload, false)
  }
  get broadcastFrom(): Channel['broadcastFrom'] {
    return (event, payload) => this.server.publish(event, payload, true)
  }
  get replyRef(): Channel['replyRef'] {
    return () => this.server.replyRef()
  }
  get reply(): Channel['reply'] {
    return (to, status, response = {}) => this.server.answer(to, status, response)
  }
  get send(): Channel['send'] {
    return (message) => this.server.actor.send({ kind: 'info', message })
  }
  get sendAfter(): Channel['sendAfter'] {
    return (delayMs, message) => this.server.sendAfter(delayMs, message)
  }
  get onEnd(): Channel['onEnd'] {
    return (run) => void this.server.actor.onExit(run)
  }
  get subscribe(): Channel['subscribe'] {
    return (topic) => this.server.subscribeTo(topic)
  }
  get unsubscribe(): Channel['unsubscribe'] {
    return (topic) => this.server.unsubscribeFrom(topic)
  }
}

/**
 * One joined topic: what the actor does with its mail, the subscriber of the topic's broadcasts, and what its connection knows of it.
 * A class with few fields: a node holds as many as there are joined topics, and a broadcast touches every one of them.
 */
export class ChannelServer implements Joined, ActorSpec<ChannelMail>, Subscriber {
  readonly topic: string
  /** As it was sent: null when the join had none. */
  readonly joinRef: Ref
  /** A join without join_ref lends its ref to what the channel sends, but not to its close frames. */
  readonly ownRef: Ref
  readonly host: ChannelHost
  readonly actor: ActorRef<ChannelMail>
  leaving = false
  private readonly definition: ChannelDefinition
  private readonly handlers: ChannelHandle
  private current: Message | undefined
  private otherTopics: Map<string, Subscriber> | undefined
  private joined = false
  private silent = false
  private hookDone = false
  private held = false

  constructor(definition: ChannelDefinition, { topic, joinRef, ref }: Message, host: ChannelHost) {
    this.definition = definition
    this.topic = topic as string
    this.joinRef = joinRef
    this.ownRef = joinRef ?? ref
    this.host = host
    this.handlers = new ChannelHandle(this, host.assigns)
    this.actor = host.environment.runtime.spawn<ChannelMail>(this, { unique: false })
  }

  get role() {
    return 'channel'
  }

  get name() {
    return `${this.definition.name}:${this.topic}`
  }

  /** Only a channel that intercepts something is asked: the others' broadcasts go straight to the connection (CH-76, CH-77). */
  deliver(broadcast: Broadcast) {
    if (this.definition.intercept?.includes(broadcast.event)) this.actor.send({ kind: 'out', broadcast })
    else this.host.outlet.deliver(broadcast)
  }

  takePush(message: Message) {
    const { actor } = this
    actor.send({ kind: 'in', message })
    if (this.held || actor.mailboxLength < backlogMax) return
    this.held = true
    this.host.hold()
  }

  takeLeave(message: Message) {
    this.leaving = true
    this.actor.send({ kind: 'leave', message })
  }

  /** Ends the channel without a word to the client and without its hook: another join took its place. */
  discard() {
    this.silent = true
    this.hookDone = true
    this.unsubscribeAll()
    this.actor.kill()
  }

  /** Ends the channel because its connection ended; the hook runs (CH-63). */
  close(reason: string) {
    const { topic } = this
    this.silent = true
    this.unsubscribeAll()
    void this.runHook(reason).catch((error) =>
      this.host.environment.log.error({ topic, err: error }, 'a terminate hook failed'),
    )
    if (!this.host.environment.quirks.outlivesConnection) this.actor.kill()
  }

  push(event: string, payload: unknown) {
    assertPayload(payload)
    this.host.environment.counters.pushes += 1
    this.host.send({ joinRef: this.ownRef, ref: null, topic: this.topic, event, payload })
  }

  publish(event: string, payload: unknown, isWithoutSelf: boolean) {
    assertPayload(payload)
    this.host.environment.pubsub.broadcast(this.topic, event, payload, isWithoutSelf ? { from: this } : {})
  }

  replyRef(): ReplyRef {
    if (!this.current) throw new Error('replyRef() is only there while a push is being handled')
    return { topic: this.topic, joinRef: this.ownRef, ref: this.current.ref }
  }

  answer({ ref }: ReplyRef | Message, status: string, response: unknown) {
    const { ownRef: joinRef, topic } = this
    this.host.send({ joinRef, ref, topic, event: 'phx_reply', payload: { status, response } })
  }

  sendAfter(delayMs: number, message: unknown): () => void {
    const cancelTimer = this.host.environment.runtime.clock.after(delayMs, () => {
      forget()
      this.actor.send({ kind: 'info', message })
    })
    // A channel that lives long must not keep a listener for every timer that it ever had.
    const forget = this.actor.onExit(cancelTimer)
    return () => {
      forget()
      cancelTimer()
    }
  }

  subscribeTo(topic: string) {
    this.otherTopics ??= new Map()
    const subscriber = this.otherTopics.get(topic) ?? {
      deliver: (broadcast: Broadcast) => this.actor.send({ kind: 'info', message: broadcast }),
    }
    this.otherTopics.set(topic, subscriber)
    this.host.environment.pubsub.subscribe(topic, subscriber)
  }

  unsubscribeFrom(topic: string) {
    const subscriber = this.otherTopics?.get(topic)
    if (!subscriber) return
    this.otherTopics?.delete(topic)
    this.host.environment.pubsub.unsubscribe(topic, subscriber)
  }

  /** The actor's mail, one after the other (CH-5). */
  handle(mail: ChannelMail): unknown {
    if (this.held) this.releaseWhen(this.actor.mailboxLength <= backlogGone)
    if (mail.kind === 'join') return this.join(mail)
    if (mail.kind === 'leave') return this.leave(mail.message)
    this.current = mail.kind === 'in' ? mail.message : undefined
    try {
      const result = this.dispatch(mail)
      if (!(result instanceof Promise)) return this.settle(mail, result)
      return result.then(
        (later) => this.settleLater(mail, later),
        (error) => this.crash(error),
      )
    } catch (error) {
      return this.crash(error)
    }
  }

  private settleLater(mail: ChannelMail, result: HandleResult): unknown {
    try {
      return this.settle(mail, result)
    } catch (error) {
      return this.crash(error)
    }
  }

  /** The actor has ended, by itself or because somebody killed it. */
  terminate() {
    this.unsubscribeAll()
    this.releaseWhen(true)
    if (!this.joined || this.silent) return
    this.reportCrash()
    this.host.forget(this)
  }

  /** A channel that knows at once who may join answers at once: nothing has to be kept for later. */
  private join(mail: JoinMail): unknown {
    try {
      const result = this.askToJoin(mail.message)
      if (!(result instanceof Promise)) return this.answerJoin(mail, result)
      return result.then((later) => this.answerJoin(mail, later)).catch((error) => this.crashJoin(mail, error))
    } catch (error) {
      return this.crashJoin(mail, error)
    }
  }

  private askToJoin({ payload }: Message): JoinResult | Promise<JoinResult> {
    const { topic, definition, handlers, host } = this
    const delayed = host.environment.beforeHandle(definition.name, 'join')
    if (!delayed) return definition.join(topic, payload, handlers)
    return delayed.then(() => definition.join(topic, payload, handlers))
  }

  private answerJoin({ message, onAnswered }: JoinMail, result: JoinResult): JoinResult | undefined {
    // It took so long that nobody waits for it any more.
    if (!this.actor.alive) return undefined
    if (result?.kind !== 'ok' && result?.kind !== 'refuse') throw new TypeError('join must return ok() or refuse()')
    const isIn = result.kind === 'ok'
    if (isIn) this.subscribeTopic()
    this.host.send(replyTo(message, message.joinRef, isIn ? 'ok' : 'error', result.response))
    this.joined = isIn
    onAnswered(isIn ? this : undefined)
    return result
  }

  private crashJoin({ message, onAnswered }: JoinMail, error: unknown) {
    const { topic, definition, host } = this
    this.unsubscribeAll()
    host.environment.log.error({ topic, channel: definition.name, err: error }, 'an exception was raised: join crashed')
    host.send(replyTo(message, message.joinRef, 'error', { reason: 'join crashed' }))
    onAnswered()
  }

  private subscribeTopic() {
    const { pubsub, quirks } = this.host.environment
    const via = this.definition.intercept?.length ? this : this.host.outlet
    pubsub.subscribe(this.topic, this, { via })
    if (quirks.duplicateSubscription) pubsub.subscribe(this.topic, this, { via })
  }

  private unsubscribeAll() {
    const { pubsub } = this.host.environment
    pubsub.unsubscribe(this.topic, this)
    for (const [other, subscriber] of this.otherTopics ?? []) pubsub.unsubscribe(other, subscriber)
  }

  private dispatch(mail: Exclude<ChannelMail, { kind: 'join' | 'leave' }>): HandleResult | Promise<HandleResult> {
    const { definition, handlers } = this
    if (mail.kind === 'in') return this.handlePush(mail.message)
    if (mail.kind === 'out') {
      if (!definition.handleOut)
        throw new Error(`${definition.name} intercepts ${mail.broadcast.event} but has no handleOut`)
      return definition.handleOut(mail.broadcast.event, mail.broadcast.payload, handlers)
    }
    if (!definition.handleInfo) throw new Error(`${definition.name} has no handler for messages to itself`)
    return definition.handleInfo(mail.message, handlers)
  }

  private handlePush({ event, payload }: Message): HandleResult | Promise<HandleResult> {
    const { definition, handlers, host } = this
    if (typeof event !== 'string' || event.startsWith('phx_') || !definition.handleIn)
      throw new Error(`${definition.name} has no handler for the event ${JSON.stringify(event)}`)
    const { handled } = host.environment.counters
    handled[definition.name] = (handled[definition.name] ?? 0) + 1
    const delayed = host.environment.beforeHandle(definition.name, event)
    if (!delayed) return definition.handleIn(event, payload, handlers)
    return delayed.then(() => definition.handleIn!(event, payload, handlers))
  }

  private settle(mail: ChannelMail, result: HandleResult): unknown {
    // An idle channel holds nothing of what it was sent (RT-66).
    if (!this.host.environment.quirks.keepsLastMessage) this.current = undefined
    if (result?.kind === 'noreply') return undefined
    if (result?.kind === 'reply' && mail.kind === 'in') return this.answer(mail.message, result.status, result.response)
    if (result?.kind === 'stop') return this.stopChannel(mail, result)
    throw new TypeError(`${this.definition.name} returned something that is no result of a handler`)
  }

  private async stopChannel(mail: ChannelMail, { reason, reply }: Extract<HandleResult, { kind: 'stop' }>) {
    const { topic, joinRef } = this
    if (reply && mail.kind === 'in') this.answer(mail.message, reply.status, reply.response)
    this.unsubscribeAll()
    this.host.send(isClean(reason) ? closed(topic, joinRef) : crashed(topic, joinRef))
    await this.finish(reason)
  }

  private async leave(request: Message) {
    this.unsubscribeAll()
    const isClosedFirst = this.definition.closesBeforeLeaveReply === true
    if (isClosedFirst) this.host.send(closed(this.topic, this.joinRef))
    this.answer(request, 'ok', {})
    if (!isClosedFirst) this.host.send(closed(this.topic, this.joinRef))
    await this.finish('left')
  }

  private async finish(reason: string) {
    this.silent = true
    this.leaving = true
    this.host.forget(this)
    await this.runHook(reason)
    void this.actor.stop()
  }

  private async runHook(reason: string) {
    if (this.hookDone || !this.joined) return
    this.hookDone = true
    await this.definition.terminate?.(reason, this.handlers)
  }

  private async crash(error: unknown): Promise<never> {
    this.unsubscribeAll()
    await Promise.resolve(this.runHook(String(error))).catch(() => {})
    throw error
  }

  private reportCrash() {
    const { quirks } = this.host.environment
    if (quirks.crashAsReply && this.current) this.answer(this.current, 'error', { reason: 'crash' })
    else if (!quirks.silentCrash) this.host.send(crashed(this.topic, this.joinRef))
    if (quirks.crashTakesConnection) this.host.drop()
  }

  private releaseWhen(isCaughtUp: boolean) {
    if (!this.held || !isCaughtUp) return
    this.held = false
    this.host.release()
  }
}

/** So many messages may wait for one channel; then its client is not read any further. */
const backlogMax = 1_000
const backlogGone = 100

/** A join that takes longer than any client waits has failed. */
const joinTimeoutMs = 60_000
