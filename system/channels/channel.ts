import type { Broadcast } from '../pubsub/index.ts'
import type { Ref } from './message.ts'

export type JoinResult = { kind: 'ok'; response: unknown } | { kind: 'refuse'; response: unknown }
export type HandleResult =
  | { kind: 'reply'; status: string; response: unknown }
  | { kind: 'noreply'; hibernate?: boolean }
  | { kind: 'stop'; reason: string; reply?: { status: string; response: unknown } }

/** Accepts a join; the response reaches the client (CH-52). */
export const ok = (response: unknown = {}): JoinResult => ({ kind: 'ok', response })
/** Refuses a join with exactly this response (CH-53). */
export const refuse = (response: unknown = {}): JoinResult => ({ kind: 'refuse', response })
/** Replies to a push (CH-65). */
export const reply = (status: string, response: unknown = {}): HandleResult => ({ kind: 'reply', status, response })
/** Sends no reply (CH-66); with `hibernate`, the channel hibernates at once if nothing else waits for it (RT-66). */
export const noreply = (then?: { hibernate: boolean }): HandleResult => ({ kind: 'noreply', ...then })
/** Ends the channel: `normal`, `shutdown` and `shutdown: …` are clean, any other reason is an error (CH-62, CH-67). */
export const stop = (reason = 'normal', reply?: { status: string; response?: unknown }): HandleResult =>
  reply ? { kind: 'stop', reason, reply: { response: {}, ...reply } } : { kind: 'stop', reason }

/** What is needed to reply later. Small, because it may outlive the channel's state (CH-68). */
export interface ReplyRef {
  readonly topic: string
  readonly joinRef: Ref
  readonly ref: Ref
}

/** What a channel's handlers can do. */
export interface Channel {
  /** Unique on its node, for as long as the node lives. */
  readonly id: string
  readonly topic: string
  readonly joinRef: Ref
  readonly nodeName: string
  /** Private to this channel; starts as a copy of what connect set (CH-91). */
  readonly assigns: Record<string, unknown>
  readonly socketId: string | null
  push(event: string, payload: unknown): void
  broadcast(event: string, payload: unknown): void
  broadcastFrom(event: string, payload: unknown): void
  /** The reference of the push that is being handled now. */
  replyRef(): ReplyRef
  reply(ref: ReplyRef, status: string, response?: unknown): void
  /**
   * Runs work beside the channel, in a task that is linked to it: when the work fails, the channel crashes; when the channel ends, the
   * signal is aborted, and the work must not reply any more (PM-20).
   */
  task(work: (signal: AbortSignal) => Promise<void>): void
  /** Sends a message to the channel itself: `handleInfo` gets it; after the join reply if sent from join (CH-56). */
  send(message: unknown): void
  sendAfter(delayMs: number, message: unknown): () => void
  /** Passes broadcasts on this topic to `handleInfo` (CH-80). */
  subscribe(topic: string): void
  unsubscribe(topic: string): void
  /** Calls `run` once when the channel has ended, for whatever reason. */
  onEnd(run: () => void): void
}

/** One kind of channel: its callbacks. A handler that throws ends its channel and nothing else (CH-59). */
export interface ChannelDefinition {
  name: string
  join(topic: string, payload: unknown, channel: Channel): JoinResult | Promise<JoinResult>
  handleIn?(event: string, payload: unknown, channel: Channel): HandleResult | Promise<HandleResult>
  /** Broadcast events that go through `handleOut` instead of straight to the client (CH-77). */
  intercept?: readonly string[]
  handleOut?(event: string, payload: unknown, channel: Channel): HandleResult | Promise<HandleResult>
  handleInfo?(message: unknown | Broadcast, channel: Channel): HandleResult | Promise<HandleResult>
  terminate?(reason: string, channel: Channel): void | Promise<void>
  /** Its channels hibernate after this time without a message; 0: after every message. Default: as the node is configured (RT-66). */
  hibernateAfterMs?: number | 'never'
  /** A client that leaves gets `phx_close` before the reply to its leave and not after it, as live pages send them. */
  closesBeforeLeaveReply?: boolean
  /** What a client sends under a reserved name, such as `phx_close`, is dropped, as live pages do, and is not a crash (CH-43). */
  dropsReservedEvents?: boolean
}

export const channel = (definition: ChannelDefinition): ChannelDefinition => definition
