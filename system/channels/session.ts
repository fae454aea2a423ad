import type { Log } from '../platform/log.ts'
import { type ChannelHost, type ChannelServer, startChannel } from './channel-server.ts'
import { closed, type Message } from './message.ts'
import { routeTo } from './routes.ts'
import type { Frame } from './serializers/serializer.ts'
import { type Effect, receive } from './socket.ts'
import type { SocketDefinition } from './socket-definition.ts'
import type { Outlet } from './transports/transport.ts'

/** One client's conversation, whatever carries it: its joined topics, and the protocol between them and the client. */
export interface Session {
  readonly id: string
  readonly name: string
  topics(): string[]
  /** A frame of the client. One that cannot be read ends the session with 1011 and answers false (CH-14). */
  receive(frame: Frame): boolean
  /** The transport is gone: the channels end, their hooks run (CH-63). */
  gone(): void
  /** The server ends it with a WebSocket close code. */
  close(code: number): void
  /** Its connection breaks, as by a fault. */
  drop(): void
}

export interface SessionOptions extends Omit<ChannelHost, 'send' | 'broadcast' | 'drop' | 'hold' | 'release'> {
  id: string
  definition: SocketDefinition
  outlet: Outlet
  log: Log
  onClosed(): void
}

const channelsDefaultMax = 100
/** So many messages may wait for a join; then the client is not read any further. */
const waitingMax = 100

/** Decodes, asks the protocol step what a message means, does it. Never waits for a channel but in a join (CH-4). */
export function openSession(options: SessionOptions): Session {
  const { id, definition, serializer, log, outlet, onClosed, socketId, pubsub } = options
  const channels = new Map<unknown, ChannelServer>()
  const channelsMax = definition.options?.channelsMax ?? channelsDefaultMax
  const waiting: Message[] = []
  let joining = false
  let over = false
  let holds = 0
  let held = false

  const host: ChannelHost = {
    ...options,
    send(message) {
      if (!over) outlet.send(serializer.encode(message))
    },
    broadcast(broadcast) {
      if (!over) outlet.broadcast(broadcast)
    },
    drop,
    hold() {
      holds += 1
      if (holds === 1) outlet.hold()
    },
    release() {
      holds -= 1
      if (holds === 0) outlet.release()
    },
  }
  const rules = {
    channels,
    channelsMax,
    isRouted: (topic: unknown) => routeTo(definition.channels, topic) !== undefined,
  }

  function decode(frame: Frame): Message | undefined {
    try {
      return serializer.decode(frame)
    } catch (error) {
      log.warn({ socket: definition.name, reason: (error as Error).message }, 'a frame that cannot be decoded')
      return undefined
    }
  }

  function perform(effect: Effect<ChannelServer>) {
    if (effect.do === 'send') return host.send(effect.message)
    if (effect.do === 'deliver') return effect.joined.takePush(effect.message)
    if (effect.do === 'leave') return effect.joined.takeLeave(effect.message)
    if (effect.do === 'join') void join(effect.message, effect.replaces)
  }

  /** While a join runs, later messages of this client wait: they may be meant for the topic that is being joined. */
  async function join(message: Message, replaced: ChannelServer | undefined) {
    joining = true
    replaced?.discard()
    channels.delete(message.topic)
    const server = await startChannel({
      definition: routeTo(definition.channels, message.topic)!,
      message,
      host,
      onAnswered: () => {
        if (replaced) host.send(closed(message.topic, replaced.joinRef))
      },
      onGone: (gone) => {
        if (channels.get(message.topic) === gone) channels.delete(message.topic)
      },
    })
    if (server && over) server.close('closed')
    else if (server && !server.leaving) channels.set(message.topic, server)
    joining = false
    while (!joining && waiting.length > 0) perform(receive(waiting.shift()!, rules))
    if (held && waiting.length === 0) {
      held = false
      host.release()
    }
  }

  function wait(message: Message) {
    waiting.push(message)
    if (held || waiting.length < waitingMax) return
    held = true
    host.hold()
  }

  function end() {
    if (over) return
    over = true
    if (socketId) pubsub.unsubscribe(socketId, idSubscriber)
    for (const server of channels.values()) server.close('closed')
    channels.clear()
    waiting.length = 0
    onClosed()
  }

  function close(code: number) {
    if (over) return
    end()
    outlet.end(code)
  }

  function drop() {
    end()
    outlet.drop()
  }

  /** A `disconnect` broadcast on the socket's id closes it (CH-90). */
  const idSubscriber = {
    deliver: ({ event }: { event: string }) => {
      if (event === 'disconnect') close(1001)
    },
  }
  if (socketId) pubsub.subscribe(socketId, idSubscriber)

  return {
    id,
    name: definition.name,
    topics: () => [...channels.keys()].map(String),
    receive(frame) {
      if (over) return false
      const message = decode(frame)
      if (!message) {
        close(1011)
        return false
      }
      if (joining) wait(message)
      else perform(receive(message, rules))
      return true
    },
    gone: end,
    close,
    drop,
  }
}
