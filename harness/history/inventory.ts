/** Counts of everything that a node holds; the same shape as `system/node/inventory.ts` returns. */
export interface NodeHolds {
  /** Open WebSockets. */
  connections: number
  /** Long-poll sessions of this node. */
  polls: number
  /** Long-poll requests that wait for another node. */
  relayed: number
  /** Sessions over any transport. */
  sessions: number
  /** Topics that these sessions have joined. */
  joined: number
  /** Subscriptions that these sessions account for. */
  clientSubscriptions: number
  /** Data sent to clients that they have not read. */
  unreadBytes: number
  outboxesWaiting: number
  /** Live channels by kind. */
  channels: Record<string, number>
  /** Live actors by role. */
  actors: Record<string, number>
  timers: number
  topics: number
  subscriptions: number
  /** Owners of entries in this node's trackers, and how many of them have ended. */
  tracked: number
  trackedOfNobody: number
  /** How often its trackers have told the other nodes of changes, since it started. */
  changesTold?: number
  callsInFlight: number
  /** Bytes in transit to other nodes. */
  peerBytes: number
  /** Work that applications have started and not ended, by name. */
  pending: Record<string, number>
}

/** The maximum that one client of the harness can have on a node. */
export interface Present {
  who: string
  /** Undefined for a client that could be on any node. */
  node?: string
  /** Open WebSockets. */
  connections: number
  /** Long-poll sessions; one that is no longer polled stays until it expires. */
  polls: number
  /** Joined topics. */
  channels: number
  /** Actors of the node that are there for it, by role; they need not end before the node does. */
  actors?: Readonly<Record<string, number>>
  /** May wait at this node for a session of another one. */
  relays?: true
  /** How many of its requests may wait there; default: three. */
  relayed?: number
  /** Does not read what it is sent. */
  isStalled?: true
}

/** The final state of one node: what it holds, and which clients of the harness were connected to it. */
export interface NodeInventory {
  holds: NodeHolds
  present: readonly Present[]
}

/** The name of the `read` event with what a node had left when it had stopped. */
export const nodeRemains = 'node-remains'

/** What a node still held when all its parts had stopped. */
export interface NodeRemains {
  holds: NodeHolds
  /** What it told the other nodes on a topic after its goodbye there, where that is seen. */
  saidAfterGoodbye?: readonly string[]
  /** Topics on which another node heard it to the end, and heard no goodbye, where that is seen. */
  withoutGoodbye?: readonly string[]
}
