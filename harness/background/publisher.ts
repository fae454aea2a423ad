import type { ClusterNode } from '../cluster/node.ts'
import { backgroundName } from '../history/background.ts'
import type { Recorder } from '../history/recorder.ts'
import type { Random } from '../platform/random.ts'
import { digestOf, drawData, drawValue, jsonBytes, textOfBytes } from './content.ts'

/** Publishes the numbered messages of one node, one after the other. */
export interface Publisher {
  readonly name: string
  /** The last message that was long; undefined before there is one. */
  lastLong(): Said | undefined
  /** Publishes text on a topic, in a frame of about `bytes`. Returns its number; undefined when the node did not answer. */
  say(topic: string, bytes: number): Promise<number | undefined>
  sayBytes(topic: string, bytes: number): Promise<number | undefined>
}

export interface Said {
  topic: string
  seq: number
}

export const longBytes = 4_096

interface PublisherOptions {
  node: ClusterNode
  recorder: Recorder
  random: Random
  /** Whether the system promises to broadcast bytes; without it `sayBytes` does nothing. */
  withBytes: boolean
}

export function createPublisher({ node, recorder, random, withBytes }: PublisherOptions): Publisher {
  const publisher = backgroundName(node.name)
  const origin = node.name
  let lastSeq = 0
  let lastLong: Said | undefined

  async function publish(topic: string, content: unknown, send: () => Promise<unknown>) {
    const seq = lastSeq
    const value = { publisher, seq, origin, digest: digestOf(content) }
    recorder.record({ who: publisher, type: 'publish', topic, event: 'ledger', value })
    const { kind } = await recorder.invoke(publisher, 'publish', value, send)
    return kind === 'ok' ? seq : undefined
  }

  return {
    name: publisher,
    lastLong: () => lastLong,
    say(topic, bytes) {
      lastSeq += 1
      if (bytes > longBytes) lastLong = { topic, seq: lastSeq }
      const own = { publisher, seq: lastSeq, origin }
      const content = filled(random, bytes - frameBytes(topic, own))
      return publish(topic, content, () => node.control.broadcast(topic, 'ledger', { ...own, content }))
    },
    async sayBytes(topic, bytes) {
      if (!withBytes) return undefined
      lastSeq += 1
      if (bytes > longBytes) lastLong = { topic, seq: lastSeq }
      const head = Buffer.from(`${publisher} ${lastSeq} ${origin}\n`)
      const content = Buffer.concat([head, drawData(random, bytes - head.length)])
      return publish(topic, content, () => node.control.broadcastBytes(topic, 'ledger', content))
    },
  }
}

/** What a frame of version 2 has besides the content. */
const frameBytes = (topic: string, own: object) =>
  Buffer.byteLength(JSON.stringify([null, null, topic, 'ledger', { ...own, content: 0 }])) - 1

/** A value of any kind, or a value beside a text that fills the rest of the frame. */
function filled(random: Random, bytes: number): unknown {
  const value = drawValue(random)
  const empty = { value, text: '' }
  const left = bytes - Buffer.byteLength(JSON.stringify(empty))
  if (left >= 0) return { value, text: textOfBytes(random, left) }
  return bytes > jsonBytes('') + 2 ? textOfBytes(random, bytes - 2) : value
}
