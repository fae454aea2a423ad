/** What one client of the harness can have on a node, at most. */
export interface Present {
  who: string
  /** Undefined for a client that could be on any node. */
  node?: string
  /** Open WebSockets. */
  connections: number
  /** Long-poll sessions; one that nobody polls any more lives on for a while. */
  polls: number
  /** Joined topics. */
  channels: number
  /** Reads nothing of what it is sent. */
  isStalled?: true
}
