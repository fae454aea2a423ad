/** Where frames are written: the TCP connection of a WebSocket. */
export interface Sink {
  readonly writable: boolean
  readonly writableLength: number
  write(bytes: Buffer): unknown
}

interface OutboxesOptions {
  /** A client with more unread bytes than this in its send buffer is too slow. */
  sendBufferMaxBytes: number
  /** Runs `run` in the check phase of the event loop: once for all messages that were read in one turn. */
  later(run: () => void): void
}

/** The same frames in the same order, for any number of clients: concatenated once for all of them. */
interface Batch {
  before: Batch | undefined
  frame: Buffer
  frames: number
  bytes: number
  joined: Buffer | undefined
  /** The batch that was last made from this one with one more frame: nearly always what the next client needs too. */
  next: Batch | undefined
}

const socketsPerSlice = 256
const batchMaxBytes = 65_536
const batchMaxFrames = 1_024
/** A frame of this size is written by itself: copying it would cost more than the write. */
const directWriteBytes = 16_384
/** Flushed entries are removed from the queue in chunks of this size, as long as it does not get empty. */
const removeChunk = 4_096

/**
 * The write queue of all clients of one node. Frames are written once per turn of the event loop and client, and clients with the same
 * frames share one buffer, so that a busy room costs one write for many messages.
 *
 * The queue is a struct of arrays instead of a field of each outbox. Each write system call evicts most of the CPU cache, so that every
 * object that a flush touches costs a cache miss, about 1 % of a write: it touches only the connection.
 */
export class Outboxes {
  readonly counters = { outboxWrites: 0, tooSlow: 0 }
  readonly sendBufferMaxBytes: number
  private readonly later: OutboxesOptions['later']
  /** The outboxes with queued frames, in order; undefined once flushed. */
  private queued: (Outbox | undefined)[] = []
  private sinks: Sink[] = []
  private batches: (Batch | undefined)[] = []
  /** How many entries at the front of the queue have been flushed. */
  private flushed = 0
  /** The batch of one frame that was made last in this turn. */
  private first: Batch | undefined
  private scheduled = false

  constructor({ sendBufferMaxBytes, later }: OutboxesOptions) {
    this.sendBufferMaxBytes = sendBufferMaxBytes
    this.later = later
  }

  /** Whether this index of the queue holds frames of this outbox. */
  has(outbox: Outbox, at: number): boolean {
    // The bounds check matters: V8 is slow to read beyond the end of an array, where an index of an earlier turn often points.
    return at < this.queued.length && this.queued[at] === outbox
  }

  /** How many outboxes wait for the end of the turn. */
  get waiting() {
    return this.queued.length - this.flushed
  }

  /** Schedules a flush of this outbox at the end of the turn. Returns its index in the queue. */
  enqueue(outbox: Outbox, sink: Sink): number {
    this.schedule()
    this.sinks.push(sink)
    this.batches.push(undefined)
    return this.queued.push(outbox) - 1
  }

  /** Adds a frame at an index of the queue. Returns the batch that is queued there now. */
  add(at: number, frame: Buffer): Batch {
    const batch = this.extended(this.batches[at], frame)
    this.batches[at] = batch
    return batch
  }

  /** Writes what is queued at this index. */
  flush(at: number) {
    const outbox = this.queued[at]
    if (!outbox) return
    this.queued[at] = undefined
    this.write(outbox, this.sinks[at]!, bytesOf(this.batches[at]!))
  }

  /** Writes now, unless the client is gone or too slow; a client that is too slow is disconnected. */
  write(outbox: Outbox, sink: Sink, bytes: Buffer) {
    if (!sink.writable) return
    if (sink.writableLength > this.sendBufferMaxBytes && outbox.isTooSlow()) return
    this.counters.outboxWrites += 1
    sink.write(bytes)
  }

  private schedule() {
    if (this.scheduled) return
    this.scheduled = true
    this.later(() => this.flushSlice())
  }

  private flushSlice() {
    this.scheduled = false
    // Batches are shared within one turn only.
    this.first = undefined
    const end = Math.min(this.flushed + socketsPerSlice, this.queued.length)
    for (; this.flushed < end; this.flushed += 1) this.flush(this.flushed)
    if (this.flushed === this.queued.length || this.flushed >= removeChunk) this.removeFlushed()
    if (this.queued.length > 0) this.schedule()
  }

  private removeFlushed() {
    this.queued = this.queued.slice(this.flushed)
    this.sinks = this.sinks.slice(this.flushed)
    this.batches = this.batches.slice(this.flushed)
    this.flushed = 0
    for (const [at, outbox] of this.queued.entries()) outbox?.movedTo(at)
  }

  /** This batch with one more frame, shared by all clients with the same frames. */
  private extended(batch: Batch | undefined, frame: Buffer): Batch {
    const known = batch ? batch.next : this.first
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
    else this.first = made
    return made
  }
}

/** The frames of one client that are queued until the end of this turn. A client that does not read is disconnected, without effect on others. */
export abstract class Outbox<S extends Sink = Sink> {
  protected readonly sink: S
  private readonly outboxes: Outboxes
  /** Its last index in the queue, which may belong to another outbox by now. */
  private at = 0
  private isDisconnected = false
  /** The largest frame so far that was written directly: one big reply in the buffer does not mean that a client does not read. */
  private largestBytes = 0
  /** Since it was opened. */
  protected framesOut = 0

  constructor(outboxes: Outboxes, sink: S) {
    this.outboxes = outboxes
    this.sink = sink
  }

  /** Called once when the send buffer is full: disconnects the client. */
  protected abstract tooSlow(): void

  push(frame: Buffer) {
    this.framesOut += 1
    if (frame.length >= directWriteBytes) return this.writeDirectly(frame)
    if (!this.outboxes.has(this, this.at)) this.at = this.outboxes.enqueue(this, this.sink)
    const batch = this.outboxes.add(this.at, frame)
    if (batch.bytes >= batchMaxBytes || batch.frames >= batchMaxFrames) this.flush()
  }

  /** Writes now: before a close frame, which would overtake the queued frames. */
  flush() {
    if (this.outboxes.has(this, this.at)) this.outboxes.flush(this.at)
  }

  /** Flushed entries were removed from the queue: its frames are at this index now. */
  movedTo(at: number) {
    this.at = at
  }

  /** Whether the send buffer is full; disconnects the client if so. */
  isTooSlow(): boolean {
    if (this.isDisconnected) return true
    const { sink, outboxes } = this
    this.isDisconnected = sink.writableLength > outboxes.sendBufferMaxBytes + this.largestBytes
    if (!this.isDisconnected) return false
    outboxes.counters.tooSlow += 1
    this.tooSlow()
    return true
  }

  private writeDirectly(frame: Buffer) {
    this.flush()
    this.outboxes.write(this, this.sink, frame)
    this.largestBytes = Math.max(this.largestBytes, frame.length)
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
