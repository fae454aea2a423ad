/** What a toxic can do to the stream that it sits in. */
export interface Stage {
  /** Ends early when the toxics of the connection change: what was taken is then passed on at once. */
  wait(delayMs: number): Promise<void>
  /** Since the chunk was read from the network. */
  ageMs(): number
  pass(chunk: Buffer): Promise<void>
  /** Closes the connection in an orderly way. */
  close(): void
  /** Tears the connection down with a TCP reset. */
  reset(): void
  random(): number
  /** Kept for as long as the toxic sits in this connection. */
  memory: { bytes: number }
}

export type Attributes = Record<string, number>

/** One way of being a bad network. Delays count from the arrival of the data; nothing that was read is lost unless losing it is the point. */
export interface Toxic {
  attributes: Attributes
  pipe?(chunk: Buffer, attributes: Attributes, stage: Stage): Promise<void>
  /** When the toxic begins to sit in a connection. */
  begin?(attributes: Attributes, stage: Stage): Promise<void>
  /** When the source has ended, before the other side is told. */
  beforeEnd?(attributes: Attributes, stage: Stage): Promise<void>
  /** Whether removing the toxic ends the connections that it sat in. */
  closesOnRemoval?: boolean
}
