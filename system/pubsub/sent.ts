import type { MeshSocket, MeshSockets } from './mesh-sockets.ts'

export interface Sent {
  messages: number
  bytes: number
  /** How many topics they were about, counted up to 100. */
  topics: number
}

/** What a node has sent to other nodes since it started: heartbeats as `beat`, notices of lost messages as `up`, and messages by the first part of their topic. */
export type SentByKind = Readonly<Record<string, Sent>>

export type SentCounter = ReturnType<typeof createSentCounter>

/** Clients choose topics, so no more kinds of them are kept, and no more topics of one kind. */
const kindsMax = 50
const topicsMax = 100
const otherKind = 'other'

/** Counts messages and bytes at the last place before the network. Only the first part of a topic is shown: the rest may be a secret. */
export function createSentCounter() {
  const kinds = new Map<string, { messages: number; bytes: number; topics: Set<string> }>()

  function of(kind: string) {
    const name = kinds.has(kind) || kinds.size < kindsMax ? kind : otherKind
    const known = kinds.get(name) ?? { messages: 0, bytes: 0, topics: new Set<string>() }
    kinds.set(name, known)
    return known
  }

  return {
    count(topic: string, text: string) {
      const own = of(kindOf(topic))
      own.messages += 1
      own.bytes += Buffer.byteLength(text)
      if (own.topics.size < topicsMax) own.topics.add(topic)
    },
    read: (): SentByKind =>
      Object.fromEntries(
        [...kinds].map(([kind, { messages, bytes, topics }]) => [kind, { messages, bytes, topics: topics.size }]),
      ),
  }
}

const kindOf = (topic: string) => topic.split(':', 1)[0]!

/** The same sockets, which count all that is sent over them. */
export const countedSockets = (sockets: MeshSockets, sent: SentCounter): MeshSockets => ({
  dial: (url, withinMs) => countedSocket(sockets.dial(url, withinMs), sent),
  listen: (onConnection) => sockets.listen((socket, from) => onConnection(countedSocket(socket, sent), from)),
})

const countedSocket = (socket: MeshSocket, sent: SentCounter): MeshSocket => ({
  get bufferedAmount() {
    return socket.bufferedAmount
  },
  on: socket.on.bind(socket) as MeshSocket['on'],
  terminate: () => socket.terminate(),
  send(text) {
    sent.count(topicIn(text), text)
    socket.send(text)
  },
})

const topicStart = '{"topic":"'

/** A message begins with its topic; everything else that is sent is a word of the mesh itself. */
const topicIn = (text: string) =>
  text.startsWith(topicStart) ? text.slice(topicStart.length, text.indexOf('"', topicStart.length)) : text
