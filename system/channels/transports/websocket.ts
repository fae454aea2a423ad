import type { WebSocket } from 'ws'
import type { Clock } from '../../platform/clock.ts'
import { type ChannelHost, type ChannelServer, startChannel } from '../channel-server.ts'
import { closed, type Message } from '../message.ts'
import { routeTo } from '../routes.ts'
import { type Effect, receive } from '../socket.ts'
import type { SocketDefinition } from '../socket-definition.ts'

export interface Connection {
  readonly id: string
  readonly name: string
  topics(): string[]
  close(code: number): Promise<void>
}

interface ConnectionOptions extends Omit<ChannelHost, 'send' | 'sendEncoded'> {
  id: string
  webSocket: WebSocket
  definition: SocketDefinition
  clock: Clock
  timeoutMs: number
  onClosed(): void
}

/** How long a client may take to answer a close frame before its connection is dropped. */
const closeGraceMs = 1_000

/** One WebSocket: decodes, asks the protocol step what a message means, does it. Never waits for a channel but in a join (CH-4). */
export function openConnection(options: ConnectionOptions): Connection {
  const { id, webSocket, definition, serializer, clock, log, timeoutMs, onClosed, socketId, pubsub } = options
  const channels = new Map<unknown, ChannelServer>()
  const channelsMax = definition.options?.channelsMax ?? 100
  const waiting: Message[] = []
  let joining = false
  let heardMs = clock.monotonicMs()
  let over = false

  const sendEncoded = (frame: Buffer | string) => {
    if (!over) webSocket.send(frame, { binary: typeof frame !== 'string' })
  }
  const host: ChannelHost = { ...options, sendEncoded, send: (message) => sendEncoded(serializer.encode(message)) }

  function take(data: Buffer, isBinary: boolean) {
    heardMs = clock.monotonicMs()
    let message: Message
    try {
      message = serializer.decode(isBinary ? data : data.toString())
    } catch (error) {
      log.warn({ socket: definition.name, reason: (error as Error).message }, 'a frame that cannot be decoded')
      return shut(1011)
    }
    if (joining) waiting.push(message)
    else process(message)
  }

  function process(message: Message) {
    const rules = {
      channels,
      channelsMax,
      isRouted: (topic: unknown) => routeTo(definition.channels, topic) !== undefined,
    }
    perform(receive(message, rules))
  }

  function perform(effect: Effect<ChannelServer>) {
    if (effect.do === 'send') return host.send(effect.message)
    if (effect.do === 'deliver') return effect.joined.takePush(effect.message)
    if (effect.do === 'leave') return effect.joined.takeLeave(effect.message)
    if (effect.do === 'join') void join(effect.message, effect.replaces)
  }

  /** While a join runs, later messages of this connection wait: they may be meant for the topic that is being joined. */
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
    while (!joining && waiting.length > 0) process(waiting.shift()!)
  }

  function endChannels(reason: string) {
    if (over) return
    over = true
    stopWatching()
    pubsub.unsubscribe(idTopic, idSubscriber)
    for (const server of channels.values()) server.close(reason)
    channels.clear()
    waiting.length = 0
    onClosed()
  }

  /** Ends the connection from this side; the client gets the code and no more frames. */
  function shut(code: number) {
    endChannels('closed')
    webSocket.close(code)
    clock.after(closeGraceMs, () => webSocket.terminate())
  }

  function watchSilence() {
    const silentMs = clock.monotonicMs() - heardMs
    if (silentMs >= timeoutMs) return shut(1002)
    stopWatching = clock.after(timeoutMs - silentMs, watchSilence)
  }
  let stopWatching = clock.after(timeoutMs, watchSilence)

  /** A `disconnect` broadcast on the socket's id closes it (CH-90). */
  const idTopic = socketId ?? ''
  const idSubscriber = {
    deliver: ({ event }: { event: string }) => {
      if (event === 'disconnect') shut(1001)
    },
  }
  if (socketId) pubsub.subscribe(idTopic, idSubscriber)

  webSocket.on('message', (data, isBinary) => {
    if (!over) take(data as Buffer, isBinary)
  })
  webSocket.on('ping', () => {
    heardMs = clock.monotonicMs()
  })
  webSocket.on('error', (error) => log.debug({ socket: definition.name, reason: error.message }, 'a connection broke'))
  webSocket.on('close', () => endChannels('closed'))

  return {
    id,
    name: definition.name,
    topics: () => [...channels.keys()].map(String),
    close: (code) =>
      new Promise((resolve) => {
        webSocket.once('close', () => resolve())
        shut(code)
      }),
  }
}
