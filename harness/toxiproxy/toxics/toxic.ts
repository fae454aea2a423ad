export type Attributes = Record<string, number | string>

export interface Chunk {
  data: Buffer
  /** When the chunk was read from the network. A toxic that delays it advances this time, so that the delays of several toxics add up. */
  readMs: number
}

/** What a toxic can do to its stream. */
export interface Stage {
  /** Returns true when the time has passed, false when the toxic was changed or removed; the chunk must then be passed on immediately. */
  wait(delayMs: number): Promise<boolean>
  /** Like `wait`, but accurate to a fraction of a millisecond; it busy-waits for the last millisecond. */
  waitExactly(delayMs: number): Promise<boolean>
  /** Resolves when the next stage has room. */
  pass(data: Buffer, readMs?: number): Promise<void>
  /** The only timer of a toxic; setting it again replaces it. */
  timer(delayMs: number, run: () => void): void
  monotonicMs(): number
  /** Ends the stream here: data that is already further along is delivered, then the connection is closed. */
  close(): void
  /** Aborts the connection with a TCP reset. */
  reset(): void
  random(): number
  /** Whether this is the first claim of the toxic on its link: what must happen once happens in one connection only. */
  claim(): boolean
  /** Kept for as long as the toxic is active in this connection. */
  memory: {
    passedBytes: number
    /** By how much the waits so far were too short; negative when they were too long. */
    owedMs: number
  }
}

/** One kind of network fault. A toxic loses data only when data loss is its purpose. */
export interface Toxic<Own extends Attributes = Record<string, number>> {
  attributes: Own
  pipe?(chunk: Chunk, attributes: Own, stage: Stage): Promise<void>
  /** Called when the toxic becomes active in a connection and after each change of the toxic. */
  begin?(attributes: Own, stage: Stage): void
  /** Called when the source has ended, before the other side sees the end. */
  beforeEnd?(attributes: Own, stage: Stage): Promise<unknown>
  /** How much data the toxic may buffer before the sender has to wait. */
  aheadBytesMax?: number
  /** Whether removing the toxic closes the connections in which it was active. */
  closesOnRemoval?: boolean
}

/** Any kind, whatever its attributes are. */
// biome-ignore lint/suspicious/noExplicitAny: each kind is called with attributes that were read by its own shape
export type AnyToxic = Toxic<any>
