/** Where finished frames go in the end: the TCP connection of a WebSocket. */
export interface Sink {
  readonly destroyed: boolean
  readonly writable: boolean
  readonly writableLength: number
  write(bytes: Buffer): unknown
}

/** The frames of one client that wait for the end of this turn of the event loop. */
export interface Outbox {
  push(frame: Buffer): void
  /** Writes now: before a close frame, which would overtake what waits here. */
  flush(): void
}

interface OutboxesOptions {
  /** What a client that does not read may leave unread at this node, in bytes; with more it is too slow. */
  unreadMaxBytes: number
  /** Runs later, in the check phase of the event loop: once for the messages of all clients that were read in one turn. */
  later(run: () => void): void
}

/** The same frames in the same order, for any number of clients: joined to one piece of bytes once. */
interface Batch {
  before: Batch | undefined
  frame: Buffer
  frames: number
  bytes: number
  joined: Buffer | undefined
  /** The batch with one more frame that was asked for last: nearly always the one that the next client needs too. */
  next: Batch | undefined
}

const socketsPerSlice = 256
const batchMaxBytes = 65_536
const batchMaxFrames = 1_024
/** Copying a frame of this size costs more than a write of its own. */
const aloneBytes = 16_384

/**
 * The outboxes of all clients of one node. Frames are written once per turn and client, and clients that get the same frames share one
 * buffer, so that a busy room costs one write for many messages. Who does not read is cut off and nobody else notices (CH-13).
 */
export function createOutboxes({ unreadMaxBytes, later }: OutboxesOptions) {
  const counters = { outboxWrites: 0, tooSlow: 0 }
  let first: Batch | undefined
  const dirty: (() => void)[] = []
  let scheduled = false

  function schedule() {
    if (scheduled) return
    scheduled = true
    later(flushSlice)
  }

  function flushSlice() {
    scheduled = false
    // Clients that write from now on begin new batches: the old ones end with this turn.
    first = undefined
    const slice = dirty.splice(0, socketsPerSlice)
    for (const flush of slice) flush()
    if (dirty.length > 0) schedule()
  }

  /** Answers the batch of everything so far and one more frame, shared with whoever has the same. */
  function extended(batch: Batch | undefined, frame: Buffer): Batch {
    const known = batch ? batch.next : first
    if (known?.frame === frame) return known
    const made: Batch = {
      before: batch,
      frame,
      frames: (batch?.frames ?? 0) + 1,
      bytes: (batch?.bytes ?? 0) + frame.length,
      joined: undefined,
      next: undefined,
    }
    if (batch) batch.next = made
    else first = made
    return made
  }

  function open(sink: Sink, onTooSlow: () => void): Outbox {
    let batch: Batch | undefined
    let cutOff = false

    function flush() {
      const full = batch
      batch = undefined
      if (full) write(bytesOf(full))
    }

    function write(bytes: Buffer) {
      if (cutOff || sink.destroyed || !sink.writable) return
      if (sink.writableLength > unreadMaxBytes) {
        cutOff = true
        counters.tooSlow += 1
        return onTooSlow()
      }
      counters.outboxWrites += 1
      sink.write(bytes)
    }

    return {
      flush,
      push(frame) {
        if (frame.length >= aloneBytes) {
          flush()
          return write(frame)
        }
        if (!batch) {
          dirty.push(flush)
          schedule()
        }
        batch = extended(batch, frame)
        if (batch.bytes >= batchMaxBytes || batch.frames >= batchMaxFrames) flush()
      },
    }
  }

  return { counters, open }
}

export type Outboxes = ReturnType<typeof createOutboxes>

function bytesOf(batch: Batch): Buffer {
  if (!batch.before) return batch.frame
  batch.joined ??= joined(batch)
  return batch.joined
}

function joined(batch: Batch): Buffer {
  const bytes = Buffer.allocUnsafe(batch.bytes)
  let end = batch.bytes
  for (let one: Batch | undefined = batch; one; one = one.before) {
    end -= one.frame.length
    one.frame.copy(bytes, end)
  }
  return bytes
}
