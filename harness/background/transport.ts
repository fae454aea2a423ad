import type { RawFrame } from '../clients/frames.ts'

/** One connection of a client, over a WebSocket or long polls. */
export interface Transport {
  send(frame: RawFrame): void
  /** Stops reading; what comes meanwhile waits in the network. Over long polls: does not poll. */
  pause(): void
  resume(): void
  close(): void
}

export interface TransportEvents {
  onOpen(): void
  /** Called whenever a node may have opened a session that it keeps for a while, used or not: over long polls only. */
  onSession(): void
  onFrame(frame: RawFrame): void
  /** Of what is no frame at all. */
  onNonsense(why: string, beginning: string): void
  /** Called once, also when it never opened. The code is that of a WebSocket, or the status of a long poll that waited until then. */
  onClose(code?: number, waitedMs?: number): void
}
