/** Counts of all that a node holds; the same shape as `system/node/inventory.ts` returns. */
export interface NodeHolds {
  /** Open WebSockets. */
  connections: number
  /** Long-poll sessions of this node. */
  polls: number
  /** Requests of long polls that wait for another node. */
  relayed: number
  /** Sessions over any transport. */
  sessions: number
  /** Topics that these have joined. */
  joined: number
  /** Subscriptions that these account for. */
  clientSubscriptions: number
  /** What clients were sent and have not read. */
  unreadBytes: number
  outboxesWaiting: number
  /** Living channels by their kind. */
  channels: Record<string, number>
  /** Living actors by their role. */
  actors: Record<string, number>
  timers: number
  topics: number
  subscriptions: number
  /** Entries' owners in the trackers of this node, and how many of them have ended. */
  tracked: number
  trackedOfNobody: number
  callsInFlight: number
  /** On their way to other nodes. */
  peerBytes: number
  /** What applications have begun and not ended, by its name. */
  pending: Record<string, number>
}

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

/** What was read of one node at the end: what it holds, and whoever of the harness's clients was connected to it. */
export interface NodeInventory {
  holds: NodeHolds
  present: readonly Present[]
}
