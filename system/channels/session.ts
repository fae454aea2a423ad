import type { Broadcast } from '../pubsub/index.ts'
import { type ChannelEnvironment, type ChannelHost, type ChannelServer, startChannel } from './channel-server.ts'
import { closed, type Message } from './message.ts'
import { routeTo } from './routes.ts'
import type { Frame, Serializer } from './serializers/serializer.ts'
import { type Effect, receive, type SocketRules } from './socket.ts'
import type { SocketDefinition } from './socket-definition.ts'
import type { Outlet } from './transports/transport.ts'

export interface SessionOptions {
  id: string
  definition: SocketDefinition
  serializer: Serializer
  assigns: Readonly<Record<string, unknown>>
  socketId: string | null
  environment: ChannelEnvironment
  onClosed(session: Session): void
}

const channelsDefaultMax = 100
/** With this many messages waiting for a join to end, the session stops reading from the client. */
const waitingMax = 100

/**
 * One client's connection, independent of its transport: decodes frames, asks the protocol step what a message means, and performs
 * the effect on the joined channels. Waits for a channel only in a join (CH-4).
 */
export class Session implements ChannelHost, SocketRules<ChannelServer> {
  readonly id: string
  readonly environment: ChannelEnvironment
  readonly assigns: Readonly<Record<string, unknown>>
  readonly socketId: string | null
  readonly channels = new Map<unknown, ChannelServer>()
  readonly outlet: Outlet
  private readonly definition: SocketDefinition
  private readonly serializer: Serializer
  private readonly onClosed: (session: Session) => void
  private waiting: Message[] | undefined
  private joining = false
  private isOver = false
  /** How many parts of the session want the client paused. */
  private pauses = 0
  private isPausing = false
  private messagesIn = 0

  constructor(
    { id, definition, serializer, assigns, socketId, environment, onClosed }: SessionOptions,
    outlet: Outlet,
  ) {
    this.id = id
    this.definition = definition
    this.serializer = serializer
    this.assigns = assigns
    this.socketId = socketId
    this.environment = environment
    this.onClosed = onClosed
    this.outlet = outlet
    if (socketId) environment.pubsub.subscribe(socketId, this)
  }

  get name() {
    return this.definition.name
  }
  get channelsMax() {
    return this.definition.options?.channelsMax ?? channelsDefaultMax
  }
  isRouted(topic: unknown) {
    return routeTo(this.definition.channels, topic) !== undefined
  }
  topics() {
    return [...this.channels.keys()].map(String)
  }

  /** What its client has sent and been sent so far. */
  traffic() {
    return { messagesIn: this.messagesIn, ...this.outlet.traffic?.() }
  }

  /** How many subscriptions its client accounts for. */
  get subscriptionCount() {
    let sum = this.socketId ? 1 : 0
    for (const server of this.channels.values()) sum += server.subscriptionCount
    return sum
  }

  /** A `disconnect` broadcast on the socket's id closes the session (CH-90). */
  deliver({ event }: Broadcast) {
    if (event === 'disconnect') this.close(1001)
  }

  // --- client to channels ---

  /** A frame of the client. Closes the session with 1011 and returns false if the frame is malformed (CH-14). */
  receive(frame: Frame): boolean {
    if (this.isOver) return false
    this.messagesIn += 1
    try {
      const message = this.serializer.decode(frame)
      if (this.joining) this.wait(message)
      else this.perform(receive(message, this))
      return true
    } catch (error) {
      this.fail(error)
      return false
    }
  }

  private perform(effect: Effect<ChannelServer>) {
    if (effect.do === 'deliver') return effect.joined.takePush(effect.message)
    if (effect.do === 'send') return this.send(effect.message)
    if (effect.do === 'leave') return effect.joined.takeLeave(effect.message)
    if (effect.do === 'join') this.join(effect.message, effect.replaces).catch((error) => this.fail(error))
  }

  // --- join ---

  /** While a join runs, later messages of this client wait, because they may be for the topic that is being joined. */
  private async join(message: Message, replaced: ChannelServer | undefined) {
    const { topic } = message
    this.joining = true
    replaced?.discard()
    this.channels.delete(topic)
    await startChannel({
      definition: routeTo(this.definition.channels, topic)!,
      message,
      host: this,
      onReplied: (joined) => {
        if (replaced) this.send(closed(topic, replaced.joinRef))
        if (joined) this.keep(joined)
      },
    })
    this.joining = false
    while (!this.joining && this.waiting?.length) this.perform(receive(this.waiting.shift()!, this))
    this.resumeReading()
  }

  private keep(server: ChannelServer) {
    if (this.isOver) return server.close('closed')
    if (server.leaving) return
    this.channels.set(server.topic, server)
  }

  private wait(message: Message) {
    this.waiting ??= []
    this.waiting.push(message)
    if (this.isPausing || this.waiting.length < waitingMax) return
    this.isPausing = true
    this.pause()
  }

  private resumeReading() {
    if (!this.isPausing || this.waiting?.length) return
    this.isPausing = false
    this.resume()
  }

  // --- ChannelHost: called by the channels ---

  send(message: Message) {
    if (!this.isOver) this.outlet.send(this.serializer.encode(message))
  }

  pause() {
    this.pauses += 1
    if (this.pauses === 1) this.outlet.pause()
  }

  resume() {
    this.pauses -= 1
    if (this.pauses === 0) this.outlet.resume()
  }

  /** A channel of this client has ended, for whatever reason. */
  forget(server: ChannelServer) {
    if (this.channels.get(server.topic) === server) this.channels.delete(server.topic)
  }

  // --- end ---

  /** The transport has closed: ends the channels, whose `terminate` runs (CH-63). */
  gone() {
    if (this.isOver) return
    this.isOver = true
    if (this.socketId) this.environment.pubsub.unsubscribe(this.socketId, this)
    for (const server of this.channels.values()) server.close('closed')
    this.channels.clear()
    this.waiting = undefined
    this.onClosed(this)
  }

  /** Closes the connection with a WebSocket close code. */
  close(code: number) {
    if (this.isOver) return
    this.gone()
    this.outlet.end(code)
  }

  /** Breaks the connection, as a network fault would. */
  drop() {
    this.gone()
    this.outlet.drop()
  }

  /** An error in handling a client's message ends the session of that client only. */
  private fail(error: unknown) {
    const reason = (error as Error).message
    this.environment.log.warn(
      { socket: this.name, reason },
      'closed a session: one of its frames could not be decoded or handled',
    )
    this.close(1011)
  }
}
