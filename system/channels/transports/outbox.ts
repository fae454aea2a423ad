/** Where finished frames go in the end: the TCP connection of a WebSocket. */
export interface Sink {
  readonly writable: boolean
  readonly writableLength: number
  write(bytes: Buffer): unknown
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

const socketsPerSlice = 128
const batchMaxBytes = 65_536
const batchMaxFrames = 1_024
/** Copying a frame of this size costs more than a write of its own. */
const aloneBytes = 16_384

export type Outboxes = ReturnType<typeof createOutboxes>

/**
 * What the outboxes of all clients of one node have in common. Frames are written once per turn and client, and clients that get the
 * same frames share one buffer, so that a busy room costs one write for many messages.
 */
export function createOutboxes({ unreadMaxBytes, later }: OutboxesOptions) {
  const counters = { outboxWrites: 0, tooSlow: 0 }
  let first: Batch | undefined
  let dirty: Outbox[] = []
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
    const slice = dirty
    dirty = slice.length > socketsPerSlice ? slice.splice(socketsPerSlice) : []
    for (const outbox of slice) outbox.flush()
    if (dirty.length > 0) schedule()
  }

  return {
    counters,
    unreadMaxBytes,
    /** This outbox has something to write at the end of the turn. */
    remember(outbox: Outbox) {
      dirty.push(outbox)
      schedule()
    },
    /** Answers the batch of everything so far and one more frame, shared with whoever has the same. */
    extended(batch: Batch | undefined, frame: Buffer): Batch {
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
    },
  }
}

/** The frames of one client that wait for the end of this turn of the event loop. Who does not read is cut off, and nobody else notices. */
export abstract class Outbox<S extends Sink = Sink> {
  protected readonly sink: S
  private readonly outboxes: Outboxes
  private batch: Batch | undefined
  private isCutOff = false
  /** The largest frame so far that was written by itself: one big answer is no sign of a client that does not read. */
  private largestBytes = 0

  constructor(outboxes: Outboxes, sink: S) {
    this.outboxes = outboxes
    this.sink = sink
  }

  /** The client has left more unread than it may. */
  protected abstract tooSlow(): void

  push(frame: Buffer) {
    if (frame.length >= aloneBytes) {
      this.flush()
      this.write(frame)
      this.largestBytes = Math.max(this.largestBytes, frame.length)
      return
    }
    if (!this.batch) this.outboxes.remember(this)
    const batch = this.outboxes.extended(this.batch, frame)
    this.batch = batch
    if (batch.bytes >= batchMaxBytes || batch.frames >= batchMaxFrames) this.flush()
  }

  /** Writes now: before a close frame, which would overtake what waits here. */
  flush() {
    const { batch } = this
    this.batch = undefined
    if (batch) this.write(bytesOf(batch))
  }

  private write(bytes: Buffer) {
    const { sink, outboxes } = this
    if (this.isCutOff || !sink.writable) return
    if (sink.writableLength > outboxes.unreadMaxBytes + this.largestBytes) {
      this.isCutOff = true
      outboxes.counters.tooSlow += 1
      return this.tooSlow()
    }
    outboxes.counters.outboxWrites += 1
    sink.write(bytes)
  }
}

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
