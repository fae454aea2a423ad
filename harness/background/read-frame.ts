import { type Message, type RawFrame, type Read, readMessage, type Version } from '../clients/frames.ts'
import type { LedgerEntry } from '../history/operation.ts'
import { digestOf } from './content.ts'

/** A frame as a client records it. */
export interface ReadFrame {
  read: Read<Message>
  /** What the ledger knows of a broadcast, each time in an object of its own; the content stays out of the history. */
  entry(): LedgerEntry
}

export type FrameReader = (frame: RawFrame) => ReadFrame

/** Shorter frames are read as fast as they are found. */
const keptMinChars = 1_000
/** Those of all nodes that are on their way to somebody. */
const keptMaxChars = 1_000_000

/**
 * Reads frames strictly, and the same long text once: a broadcast comes to every client in the same words, and reading it, with its digest, is most
 * of what the background costs. Keeps the last texts of up to a million characters.
 */
export function createFrameReader(version: Version): FrameReader {
  const known = new Map<string, ReadFrame>()
  let keptChars = 0

  function keep(text: string, one: ReadFrame): ReadFrame {
    known.set(text, one)
    keptChars += text.length
    for (const oldest of known.keys()) {
      if (keptChars <= keptMaxChars) break
      known.delete(oldest)
      keptChars -= oldest.length
    }
    return one
  }

  return (frame) =>
    typeof frame !== 'string' || frame.length < keptMinChars
      ? readFrame(version, frame)
      : (known.get(frame) ?? keep(frame, readFrame(version, frame)))
}

function readFrame(version: Version, frame: RawFrame): ReadFrame {
  const read = readMessage(version, frame)
  let entry: LedgerEntry | undefined
  return {
    read,
    entry() {
      entry ??= entryOf(read.kind === 'read' ? read.value.payload : {})
      return { ...entry }
    },
  }
}

const entryOf = (payload: unknown) => (Buffer.isBuffer(payload) ? entryInBytes(payload) : entryIn(payload))

function entryIn(payload: unknown): LedgerEntry {
  const { publisher, seq, origin, content } = payload as Record<string, unknown>
  return { publisher: String(publisher), seq: Number(seq), origin: String(origin), digest: digestOf(content) }
}

/** Bytes begin with a line that says whose they are. */
function entryInBytes(payload: Buffer): LedgerEntry {
  const [publisher = '', seq = '', origin = ''] = payload.toString('latin1', 0, payload.indexOf('\n')).split(' ')
  return { publisher, seq: Number(seq), origin, digest: digestOf(payload) }
}
