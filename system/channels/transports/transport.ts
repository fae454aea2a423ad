import type { Broadcast, Subscriber } from '../../pubsub/index.ts'
import type { Frame } from '../serializers/serializer.ts'

/** Sends the frames of one session to its client: all that a session knows of its transport (CH-3). */
export interface Outlet extends Subscriber {
  send(frame: Frame): void
  /** A message for many clients: encoded once for all of them (CH-79). */
  deliver(broadcast: Broadcast): void
  /** Closes the connection with a WebSocket close code (1000..4999). */
  end(code: number): void
  /** Breaks the connection without a close frame. */
  drop(): void
  /** Backpressure: reads nothing more from the client until `resume`. */
  pause(): void
  resume(): void
  /** What has gone over it since it was opened; a poll has no connection of its own, and does not say. */
  traffic?(): Traffic
}

/** Bytes as TCP carried them, and messages to the client. */
export interface Traffic {
  bytesIn: number
  bytesOut: number
  messagesOut: number
}
