export type Attributes = Record<string, number>

export interface Chunk {
  data: Buffer
  /** When it was read from the network; a toxic that delays moves it, so that the delays of several add up. */
  readMs: number
}

/** What a toxic can do to the stream that it sits in. */
export interface Stage {
  /** True when the time has passed; false when the toxic was changed or removed: what was taken is then passed on at once. */
  wait(delayMs: number): Promise<boolean>
  /** As `wait`, to a fraction of a millisecond; the last millisecond costs processor time. */
  waitExactly(delayMs: number): Promise<boolean>
  /** Settles when the next stage has room. */
  pass(data: Buffer, readMs?: number): Promise<void>
  /** The one timer of a toxic; a new one replaces the old one. */
  timer(delayMs: number, run: () => void): void
  monotonicMs(): number
  /** Ends the stream here: what is further along still arrives, then the connection is closed. */
  close(): void
  /** Tears the connection down with a TCP reset. */
  reset(): void
  random(): number
  /** Kept for as long as the toxic sits in this connection. */
  memory: {
    passedBytes: number
    /** What the waits so far were too short; negative: too long. */
    owedMs: number
  }
}

/** One way of being a bad network. Nothing that was read is lost unless losing it is the point. */
export interface Toxic {
  attributes: Attributes
  pipe?(chunk: Chunk, attributes: Attributes, stage: Stage): Promise<void>
  /** When the toxic begins to sit in a connection, and again when it was changed. */
  begin?(attributes: Attributes, stage: Stage): void
  /** When the source has ended, before the other side sees it. */
  beforeEnd?(attributes: Attributes, stage: Stage): Promise<unknown>
  /** How much it may hold back before the sender has to wait. */
  aheadBytesMax?: number
  /** Whether removing the toxic ends the connections that it sat in. */
  closesOnRemoval?: boolean
}
