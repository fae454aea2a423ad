import type { Broadcast, Subscriber } from '../../pubsub/index.ts'
import type { Frame } from '../serializers/serializer.ts'

/** What carries the frames of one conversation to its client: all that a session knows of a transport (CH-3). */
export interface Outlet extends Subscriber {
  send(frame: Frame): void
  /** A frame that many clients get: finished once for all of them (CH-79). */
  deliver(broadcast: Broadcast): void
  /** The server ends the conversation; the code is that of a WebSocket close (1000..4999). */
  end(code: number): void
  /** The connection breaks without a word. */
  drop(): void
  /** The client sends faster than its channels work: read nothing more until `release`. */
  hold(): void
  release(): void
}
