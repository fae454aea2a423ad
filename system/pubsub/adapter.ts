import type { SentByKind } from './sent.ts'

export interface RemoteMessage {
  topic: string
  event: string
  payload: unknown
}

/** Carries broadcasts between nodes (DP-6, DP-7): one attempt, no acknowledgement, no retry (DP-9). */
export interface PubSubAdapter {
  start(onRemote: (message: RemoteMessage) => void): Promise<void>
  stop(): Promise<void>
  /** To every node but this one. */
  broadcast(message: RemoteMessage): void
  directBroadcast(nodeName: string, message: RemoteMessage): void
  sent(): SentByKind
  /** Bytes that are on their way to other nodes or to Redis. */
  queuedBytes(): number
  peers(): Record<string, { connected: boolean }>
  /** Calls the listener whenever a peer comes up, or may have missed messages. */
  onPeerUp(listener: (name: string) => void): void
  readonly counters: { remoteSent: number; remoteReceived: number }
}
