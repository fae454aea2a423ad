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

const socketsPerSlice = 256
const batchMaxBytes = 65_536
const batchMaxFrames = 1_024
/** Copying a frame of this size costs more than a write of its own. */
const aloneBytes = 16_384
/** So many entries that are done are forgotten at once, while the queue never gets empty. */
const forgetAtOnce = 4_096

/**
 * What the outboxes of all clients of one node have in common. Frames are written once per turn and client, and clients that get the
 * same frames share one buffer, so that a busy room costs one write for many messages.
 *
 * What waits lies side by side in a queue and not in the outboxes. Between two writes the kernel drives nearly everything out of the
 * processor's cache, so that each object that a write has to look at costs it about a hundredth: it looks at none but the connection.
 */
export class Outboxes {
  readonly counters = { outboxWrites: 0, tooSlow: 0 }
  readonly unreadMaxBytes: number
  private readonly later: OutboxesOptions['later']
  /** Whose frames wait, in order; undefined once they are written. */
  private waiting: (Outbox | undefined)[] = []
  private sinks: Sink[] = []
  private batches: (Batch | undefined)[] = []
  /** How many of the queue have been written. */
  private done = 0
  private first: Batch | undefined
  private scheduled = false

  constructor({ unreadMaxBytes, later }: OutboxesOptions) {
    this.unreadMaxBytes = unreadMaxBytes
    this.later = later
  }

  /** Whether frames of this outbox wait at this place of the queue. */
  has(outbox: Outbox, at: number): boolean {
    // A client that writes nothing else in this turn has its last place beyond the end, where the engine is slow to read.
    return at < this.waiting.length && this.waiting[at] === outbox
  }

  /** This outbox has something to write at the end of the turn. Answers its place. */
  enqueue(outbox: Outbox, sink: Sink): number {
    this.schedule()
    this.sinks.push(sink)
    this.batches.push(undefined)
    return this.waiting.push(outbox) - 1
  }

  /** One more frame for who waits there. Answers everything that waits there now. */
  add(at: number, frame: Buffer): Batch {
    const batch = this.extended(this.batches[at], frame)
    this.batches[at] = batch
    return batch
  }

  /** Writes what waits at this place. */
  flush(at: number) {
    const outbox = this.waiting[at]
    if (!outbox) return
    this.waiting[at] = undefined
    this.write(outbox, this.sinks[at]!, bytesOf(this.batches[at]!))
  }

  /** Writes now, unless the client is gone, or left so much unread that it is cut off instead. */
  write(outbox: Outbox, sink: Sink, bytes: Buffer) {
    if (!sink.writable) return
    if (sink.writableLength > this.unreadMaxBytes && outbox.isTooSlow()) return
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
    // Clients that write from now on begin new batches: the old ones end with this turn.
    this.first = undefined
    const end = Math.min(this.done + socketsPerSlice, this.waiting.length)
    for (; this.done < end; this.done += 1) this.flush(this.done)
    if (this.done === this.waiting.length || this.done >= forgetAtOnce) this.forgetDone()
    if (this.waiting.length > 0) this.schedule()
  }

  private forgetDone() {
    this.waiting = this.waiting.slice(this.done)
    this.sinks = this.sinks.slice(this.done)
    this.batches = this.batches.slice(this.done)
    this.done = 0
    for (const [at, outbox] of this.waiting.entries()) outbox?.waitsAt(at)
  }

  /** The batch of everything so far and one more frame, shared with whoever has the same. */
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

/** The frames of one client that wait for the end of this turn of the event loop. Who does not read is cut off, and nobody else notices. */
export abstract class Outbox<S extends Sink = Sink> {
  protected readonly sink: S
  private readonly outboxes: Outboxes
  /** Its last place in the queue, where others may wait by now. */
  private at = 0
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
    if (frame.length >= aloneBytes) return this.pushAlone(frame)
    if (!this.outboxes.has(this, this.at)) this.at = this.outboxes.enqueue(this, this.sink)
    const batch = this.outboxes.add(this.at, frame)
    if (batch.bytes >= batchMaxBytes || batch.frames >= batchMaxFrames) this.flush()
  }

  /** Writes now: before a close frame, which would overtake what waits here. */
  flush() {
    if (this.outboxes.has(this, this.at)) this.outboxes.flush(this.at)
  }

  /** The queue has moved on. */
  waitsAt(at: number) {
    this.at = at
  }

  /** Whether this client has left more unread than it may. Who has is cut off, once. */
  isTooSlow(): boolean {
    if (this.isCutOff) return true
    const { sink, outboxes } = this
    this.isCutOff = sink.writableLength > outboxes.unreadMaxBytes + this.largestBytes
    if (!this.isCutOff) return false
    outboxes.counters.tooSlow += 1
    this.tooSlow()
    return true
  }

  private pushAlone(frame: Buffer) {
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
