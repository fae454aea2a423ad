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
/** So many messages may wait for a join; then the client is not read any further. */
const waitingMax = 100

/**
 * One client's conversation, whatever carries it: its joined topics, and the protocol between them and the client. Decodes, asks the
 * protocol step what a message means, does it. Never waits for a channel but in a join (CH-4).
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
  private over = false
  private holds = 0
  private held = false

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

  /** A `disconnect` broadcast on the socket's id closes it (CH-90). */
  deliver({ event }: Broadcast) {
    if (event === 'disconnect') this.close(1001)
  }

  /** A frame of the client. One that cannot be read or answered ends the session with 1011 and answers false (CH-14). */
  receive(frame: Frame): boolean {
    if (this.over) return false
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

  send(message: Message) {
    if (!this.over) this.outlet.send(this.serializer.encode(message))
  }

  hold() {
    this.holds += 1
    if (this.holds === 1) this.outlet.hold()
  }

  release() {
    this.holds -= 1
    if (this.holds === 0) this.outlet.release()
  }

  /** The transport is gone: the channels end, their hooks run (CH-63). */
  gone() {
    if (this.over) return
    this.over = true
    if (this.socketId) this.environment.pubsub.unsubscribe(this.socketId, this)
    for (const server of this.channels.values()) server.close('closed')
    this.channels.clear()
    this.waiting = undefined
    this.onClosed(this)
  }

  /** The server ends it with a WebSocket close code. */
  close(code: number) {
    if (this.over) return
    this.gone()
    this.outlet.end(code)
  }

  /** Its connection breaks, as by a fault. */
  drop() {
    this.gone()
    this.outlet.drop()
  }

  /** Whatever went wrong with a message of this client ends its session, and nobody else's. */
  private fail(error: unknown) {
    const reason = (error as Error).message
    this.environment.log.warn({ socket: this.name, reason }, 'a frame that cannot be read or answered')
    this.close(1011)
  }

  private perform(effect: Effect<ChannelServer>) {
    if (effect.do === 'deliver') return effect.joined.takePush(effect.message)
    if (effect.do === 'send') return this.send(effect.message)
    if (effect.do === 'leave') return effect.joined.takeLeave(effect.message)
    if (effect.do === 'join') this.join(effect.message, effect.replaces).catch((error) => this.fail(error))
  }

  /** While a join runs, later messages of this client wait: they may be meant for the topic that is being joined. */
  private async join(message: Message, replaced: ChannelServer | undefined) {
    const { topic } = message
    this.joining = true
    replaced?.discard()
    this.channels.delete(topic)
    await startChannel({
      definition: routeTo(this.definition.channels, topic)!,
      message,
      host: this,
      onAnswered: (joined) => {
        if (replaced) this.send(closed(topic, replaced.joinRef))
        if (joined) this.keep(joined)
      },
    })
    this.joining = false
    while (!this.joining && this.waiting?.length) this.perform(receive(this.waiting.shift()!, this))
    this.readOn()
  }

  private keep(server: ChannelServer) {
    if (this.over) return server.close('closed')
    if (server.leaving) return
    this.channels.set(server.topic, server)
  }

  /** A channel of this client is gone, however it ended. */
  forget(server: ChannelServer) {
    if (this.channels.get(server.topic) === server) this.channels.delete(server.topic)
  }

  private wait(message: Message) {
    this.waiting ??= []
    this.waiting.push(message)
    if (this.held || this.waiting.length < waitingMax) return
    this.held = true
    this.hold()
  }

  private readOn() {
    if (!this.held || this.waiting?.length) return
    this.held = false
    this.release()
  }
}
