import type { Log } from '../platform/log.ts'
import type { Broadcast, PubSub, Subscriber } from '../pubsub/index.ts'
import { type ActorRef, type ActorSpec, type Runtime, startTask } from '../runtime/index.ts'
import type { Attempts } from './attempts.ts'
import {
  type Channel,
  type ChannelDefinition,
  type HandleResult,
  type JoinResult,
  noreply,
  type ReplyRef,
} from './channel.ts'
import { assertPayload, closed, crashed, type Message, type Ref, replyTo } from './message.ts'
import type { Joined } from './socket.ts'
import type { Outlet } from './transports/transport.ts'

interface JoinMail {
  kind: 'join'
  message: Message
  onReplied: StartOptions['onReplied']
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
  /** Called before a handler of a channel; a promise that it returns is awaited first. */
  beforeHandle: (channel: string, event: string) => Promise<void> | undefined
  counters: ChannelCounters
  attempts: Attempts
  /** For channels that do not say it themselves; undefined: never (RT-66). */
  hibernateAfterMs?: number | undefined
}

export interface ChannelCounters {
  /** Messages encoded for one client each. */
  pushes: number
  /** Channel name -> pushes that its channels have begun to handle (AM-10). */
  handled: Record<string, number>
}

/** What the channels of one connection share. */
export interface ChannelHost {
  readonly environment: ChannelEnvironment
  readonly socketId: string | null
  readonly assigns: Readonly<Record<string, unknown>>
  /** Gets the broadcasts that no channel intercepts. */
  readonly outlet: Outlet
  send(message: Message): void
  /** Called once when a joined channel has ended, for whatever reason. */
  forget(server: ChannelServer): void
  /** Stops reading from the client until `resume`, because one of its channels has a long backlog. */
  pause(): void
  resume(): void
}

interface StartOptions {
  definition: ChannelDefinition
  message: Message
  host: ChannelHost
  /** Called right after the join reply, before the channel sends anything else; without a channel when the join was refused or crashed. */
  onReplied(joined?: ChannelServer): void
}

/** With this many messages in its mailbox, a channel pauses its client ... */
const mailboxHighWaterMark = 1_000
/** ... until no more than this are left. */
const mailboxLowWaterMark = 100

/** A join that takes longer than any client waits has failed. */
const joinTimeoutMs = 60_000

const isClean = (reason: string) => reason === 'normal' || reason === 'shutdown' || reason.startsWith('shutdown:')

/**
 * Starts the actor of one joined topic (CH-1, CH-5). The actor sends the join reply itself, so that nothing else that the channel sends
 * can overtake it (CH-56). Resolves when the join is over.
 */
export async function startChannel({ definition, message, host, onReplied }: StartOptions) {
  const { actor } = new ChannelServer(definition, message, host)
  const mail: ChannelMail = { kind: 'join', message, onReplied }
  const result = await actor.call<JoinResult | undefined>(mail, joinTimeoutMs).catch(() => {
    host.environment.attempts.join(definition.name, 'fail')
    return undefined
  })
  if (result?.kind !== 'ok') actor.kill()
}

/** What handlers see of their channel. Getters return closures, so that handlers can destructure them. */
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
    return (to, status, response = {}) => this.server.sendReply(to, status, response)
  }
  get send(): Channel['send'] {
    return (message) => this.server.actor.send({ kind: 'info', message })
  }
  get task(): Channel['task'] {
    return (work) => this.server.runTask(work)
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
 * One joined topic: the actor's spec, the subscriber of the topic's broadcasts, and the connection's handle of the channel in one
 * object. A class with few fields, because a node holds one for each joined topic and a broadcast touches all of them.
 */
export class ChannelServer implements Joined, ActorSpec<ChannelMail>, Subscriber {
  readonly topic: string
  /** As the client sent it: null when the join had none. */
  readonly joinRef: Ref
  /** The join_ref of what the channel sends, except close frames: the join's ref if the join had no join_ref. */
  readonly ownRef: Ref
  readonly host: ChannelHost
  readonly actor: ActorRef<ChannelMail>
  leaving = false
  private readonly definition: ChannelDefinition
  private readonly channel: ChannelHandle
  private current: Message | undefined
  private otherTopics: Map<string, Subscriber> | undefined
  private joined = false
  private isSilent = false
  private isTerminateCalled = false
  private isPausing = false

  constructor(definition: ChannelDefinition, { topic, joinRef, ref }: Message, host: ChannelHost) {
    this.definition = definition
    this.topic = topic as string
    this.joinRef = joinRef
    this.ownRef = joinRef ?? ref
    this.host = host
    this.channel = new ChannelHandle(this, host.assigns)
    this.actor = host.environment.runtime.spawn<ChannelMail>(this, { unique: false })
  }

  get role() {
    return 'channel'
  }

  get name() {
    return `${this.definition.name}:${this.topic}`
  }

  get hibernateAfterMs() {
    const { hibernateAfterMs: own = this.host.environment.hibernateAfterMs } = this.definition
    return own === 'never' ? undefined : own
  }

  /** The names of its assigns without their values, which may be tokens. */
  inspect() {
    const { joined, leaving, subscriptionCount: subscriptions } = this
    return { joined, leaving, subscriptions, assigns: Object.keys(this.channel.assigns) }
  }

  /** How many subscriptions it has: that of its topic, and others. */
  get subscriptionCount() {
    return 1 + (this.otherTopics?.size ?? 0)
  }

  // --- called by pub/sub and the connection ---

  /** A broadcast of a topic whose channel intercepts something: the others' go straight to the connection (CH-76, CH-77). */
  deliver(broadcast: Broadcast) {
    if (this.definition.intercept?.includes(broadcast.event)) this.actor.send({ kind: 'out', broadcast })
    else this.host.outlet.deliver(broadcast)
  }

  takePush(message: Message) {
    const { actor } = this
    actor.send({ kind: 'in', message })
    if (this.isPausing || actor.mailboxLength < mailboxHighWaterMark) return
    this.isPausing = true
    this.host.pause()
  }

  takeLeave(message: Message) {
    this.leaving = true
    this.actor.send({ kind: 'leave', message })
  }

  /** Ends the channel without a frame to the client and without `terminate`: another join has replaced it. */
  discard() {
    this.isSilent = true
    this.isTerminateCalled = true
    this.unsubscribeAll()
    this.actor.kill()
  }

  /** Ends the channel because its connection ended; `terminate` runs (CH-63). */
  close(reason: string) {
    const { topic } = this
    this.isSilent = true
    this.unsubscribeAll()
    void this.callTerminate(reason).catch((error) =>
      this.host.environment.log.error({ topic, err: error }, 'terminate failed'),
    )
    this.actor.kill()
  }

  // --- called by handlers, through their Channel ---

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
    if (!this.current) throw new Error('replyRef() can only be called while a push is being handled')
    return { topic: this.topic, joinRef: this.ownRef, ref: this.current.ref }
  }

  sendReply({ ref }: ReplyRef | Message, status: string, response: unknown) {
    const { ownRef: joinRef, topic } = this
    this.host.send({ joinRef, ref, topic, event: 'phx_reply', payload: { status, response } })
  }

  runTask(work: (signal: AbortSignal) => Promise<void>) {
    const ended = new AbortController()
    const options = { name: `${this.name} task`, linkedTo: this.actor }
    // Before the link, which would end the task first. A channel that ends as it should ends its tasks, too, and a link does not do that.
    const forget = this.actor.onExit(() => {
      ended.abort()
      task.actor.kill()
    })
    const task = startTask(this.host.environment.runtime, () => work(ended.signal), options)
    task.actor.onExit(forget)
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

  // --- called by the actor ---

  /** One message of the mailbox at a time (CH-5). */
  handle(mail: ChannelMail): unknown {
    if (this.isPausing && this.actor.mailboxLength <= mailboxLowWaterMark) this.resumeClient()
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

  /** The actor has ended, by itself or because it was killed. */
  terminate() {
    this.unsubscribeAll()
    this.resumeClient()
    if (!this.joined || this.isSilent) return
    this.host.send(crashed(this.topic, this.joinRef))
    this.host.forget(this)
  }

  private resumeClient() {
    if (!this.isPausing) return
    this.isPausing = false
    this.host.resume()
  }

  // --- join ---

  /** Synchronous when the channel's join is, so that an ordinary join allocates no promise. */
  private join(mail: JoinMail): unknown {
    try {
      const result = this.callJoin(mail.message)
      if (!(result instanceof Promise)) return this.replyToJoin(mail, result)
      return result.then((later) => this.replyToJoin(mail, later)).catch((error) => this.crashJoin(mail, error))
    } catch (error) {
      return this.crashJoin(mail, error)
    }
  }

  private callJoin({ payload }: Message): JoinResult | Promise<JoinResult> {
    const { topic, definition, channel, host } = this
    const delayed = host.environment.beforeHandle(definition.name, 'join')
    if (!delayed) return definition.join(topic, payload, channel)
    return delayed.then(() => definition.join(topic, payload, channel))
  }

  private replyToJoin({ message, onReplied }: JoinMail, result: JoinResult): JoinResult | undefined {
    // The join timed out meanwhile.
    if (!this.actor.alive) return undefined
    if (result?.kind !== 'ok' && result?.kind !== 'refuse') throw new TypeError('join must return ok() or refuse()')
    const isIn = result.kind === 'ok'
    if (isIn) this.subscribeTopic()
    this.host.send(replyTo(message, message.joinRef, isIn ? 'ok' : 'error', result.response))
    this.joined = isIn
    this.host.environment.attempts.join(this.definition.name, isIn ? 'success' : 'fail')
    onReplied(isIn ? this : undefined)
    return result
  }

  private crashJoin({ message, onReplied }: JoinMail, error: unknown) {
    const { topic, definition, host } = this
    this.unsubscribeAll()
    host.environment.log.error({ topic, channel: definition.name, err: error }, 'an exception was raised: join crashed')
    host.send(replyTo(message, message.joinRef, 'error', { reason: 'join crashed' }))
    host.environment.attempts.join(definition.name, 'fail')
    onReplied()
  }

  private subscribeTopic() {
    const { pubsub } = this.host.environment
    const fastlane = this.definition.intercept?.length ? this : this.host.outlet
    pubsub.subscribe(this.topic, this, { fastlane })
  }

  private unsubscribeAll() {
    const { pubsub } = this.host.environment
    pubsub.unsubscribe(this.topic, this)
    for (const [other, subscriber] of this.otherTopics ?? []) pubsub.unsubscribe(other, subscriber)
  }

  // --- handlers and their results ---

  private dispatch(mail: Exclude<ChannelMail, { kind: 'join' | 'leave' }>): HandleResult | Promise<HandleResult> {
    const { definition, channel } = this
    if (mail.kind === 'in') return this.handlePush(mail.message)
    if (mail.kind === 'out') {
      if (!definition.handleOut)
        throw new Error(`${definition.name} intercepts ${mail.broadcast.event} but has no handleOut`)
      return definition.handleOut(mail.broadcast.event, mail.broadcast.payload, channel)
    }
    if (!definition.handleInfo) throw new Error(`${definition.name} has no handler for messages to itself`)
    return definition.handleInfo(mail.message, channel)
  }

  private handlePush({ event, payload }: Message): HandleResult | Promise<HandleResult> {
    const { definition, channel, host } = this
    if (definition.dropsReservedEvents && String(event).startsWith('phx_')) return noreply()
    if (typeof event !== 'string' || event.startsWith('phx_') || !definition.handleIn)
      throw new Error(`${definition.name} has no handler for the event ${JSON.stringify(event)}`)
    const { handled } = host.environment.counters
    handled[definition.name] = (handled[definition.name] ?? 0) + 1
    const delayed = host.environment.beforeHandle(definition.name, event)
    if (!delayed) return definition.handleIn(event, payload, channel)
    return delayed.then(() => definition.handleIn!(event, payload, channel))
  }

  private settle(mail: ChannelMail, result: HandleResult): unknown {
    // An idle channel must not keep the last message in memory (RT-66).
    this.current = undefined
    if (result?.kind === 'noreply') return result.hibernate ? this.actor.hibernate() : undefined
    if (result?.kind === 'reply' && mail.kind === 'in')
      return this.sendReply(mail.message, result.status, result.response)
    if (result?.kind === 'stop') return this.stopChannel(mail, result)
    throw new TypeError(
      `${this.definition.name} returned something that is not a handler result; return reply(), noreply() or stop()`,
    )
  }

  private settleLater(mail: ChannelMail, result: HandleResult): unknown {
    try {
      return this.settle(mail, result)
    } catch (error) {
      return this.crash(error)
    }
  }

  // --- end ---

  private async stopChannel(mail: ChannelMail, { reason, reply }: Extract<HandleResult, { kind: 'stop' }>) {
    const { topic, joinRef } = this
    if (reply && mail.kind === 'in') this.sendReply(mail.message, reply.status, reply.response)
    this.unsubscribeAll()
    this.host.send(isClean(reason) ? closed(topic, joinRef) : crashed(topic, joinRef))
    await this.finish(reason)
  }

  private async leave(request: Message) {
    this.unsubscribeAll()
    const isClosedFirst = this.definition.closesBeforeLeaveReply === true
    if (isClosedFirst) this.host.send(closed(this.topic, this.joinRef))
    this.sendReply(request, 'ok', {})
    if (!isClosedFirst) this.host.send(closed(this.topic, this.joinRef))
    await this.finish('left')
  }

  private async finish(reason: string) {
    this.isSilent = true
    this.leaving = true
    this.host.forget(this)
    await this.callTerminate(reason)
    void this.actor.stop()
  }

  private async callTerminate(reason: string) {
    if (this.isTerminateCalled || !this.joined) return
    this.isTerminateCalled = true
    await this.definition.terminate?.(reason, this.channel)
  }

  private async crash(error: unknown): Promise<never> {
    this.unsubscribeAll()
    await Promise.resolve(this.callTerminate(String(error))).catch(() => {})
    throw error
  }
}
