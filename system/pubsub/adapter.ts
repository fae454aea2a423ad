export interface RemoteMessage {
  topic: string
  event: string
  payload: unknown
}

/** How broadcasts travel between nodes (DP-6, DP-7). One attempt, no acknowledgement, no retry (DP-9). */
export interface PubSubAdapter {
  start(onRemote: (message: RemoteMessage) => void): Promise<void>
  stop(): Promise<void>
  /** To every node but this one. */
  broadcast(message: RemoteMessage): void
  directBroadcast(nodeName: string, message: RemoteMessage): void
  peers(): Record<string, { connected: boolean }>
  /** Calls whenever a peer comes (back) up. */
  onPeerUp(listener: (name: string) => void): void
  readonly counters: { meshSent: number; meshReceived: number }
}
