/**
 * Durations that depend on each other, each derived from the one that it depends on. A run sees in seconds what takes minutes in
 * production, because every node is started with short heartbeats. `test/harness/timing.test.ts` states what must hold between them.
 */

/** CLUSTER_HEARTBEAT_MS of every node: how often it tells its peers that it is there. */
export const clusterHeartbeatMs = 400
/** CLIENT_HEARTBEAT_MS of every node, and what the clients of the harness do. */
export const clientHeartbeatMs = 1_000

/** How often a tracker of the system tells the others that nothing has changed. */
export const trackerHeartbeatMs = 1_500

/** As the mesh and the Redis adapter of the system: after how many silent heartbeats a peer is gone, and is dialed again after a while. */
export const missedBeatsMax = 3
export const dialAgainAfterMs = 500
const peerGoneAfterMs = missedBeatsMax * clusterHeartbeatMs
/** For the connection to be made, on a busy machine. */
const dialWithinMs = 800
/** For how long after the end of a cut messages may still be lost, because a node has not noticed that its connection is dead. */
export const redialMs = peerGoneAfterMs + dialAgainAfterMs + dialWithinMs

/** How long a message may be on its way. */
export const inFlightMs = 500
/** So far apart the two ends see a join, a leave or a lost connection: each may be told by a message. */
export const edgeMs = 2 * inFlightMs
/** How long the end of a scenario is quiet: what has not arrived by then is lost. */
export const quietMs = inFlightMs + 200

/** After how many silent heartbeats a client notices that its connection is dead: it sends one, and misses the answer to the one before. */
const clientNoticesAfterMs = 2 * clientHeartbeatMs
/** For how long after the end of a fault a connection that did not survive it may still be lost. */
export const lossNoticedWithinMs = clientNoticesAfterMs + clientHeartbeatMs

/** A tab that sends nothing for this long sends no heartbeats. */
export const suspendedMs = 1.6 * clientHeartbeatMs
/** A tab that is awake sends a heartbeat within this time, */
export const awakeHeardWithinMs = 3 * clientHeartbeatMs
/** and one that was suspended within this one: it may have to connect again first. */
export const resumedHeardWithinMs = 5 * clientHeartbeatMs

/** TRACKER_DOWN_MS in random plans: well after the connection to a peer is known to be gone. */
export const trackerDownMs = 2.5 * peerGoneAfterMs
/** SOCKET_IDLE_TIMEOUT_MS in random plans: no client that sends heartbeats is closed, not even one on a link that holds up some. */
export const socketIdleTimeoutMs = 6 * clientHeartbeatMs
/** In simulated time a scenario is over when nothing has changed for this long: a node that stood still is given up by then, and heard again. */
export const simulatedQuietMs = trackerDownMs + 2 * clientHeartbeatMs

/**
 * How long a client of the background hears nothing before it gives its connection up: far more than an official client allows, because it is
 * not the one to find out how long a node may be silent.
 */
export const backgroundSilentMs = 8_000

/** How long the answer to a push is waited for, and that to a purchase, which waits for locks as well. */
export const pushWithinMs = 8_000
export const purchaseWithinMs = 15_000
/** How long an action of a plan may take: a purchase, and the page that shows it. */
export const actionWithinMs = purchaseWithinMs + 10_000
/** How long a request to the control port of a node is waited for. */
export const controlWithinMs = 6_000

/** A long-poll session that nobody polls is kept for two windows of ten seconds; somewhat later it is gone. */
export const pollSessionKeptMs = 25_000

/** A plan's round. A fault may wait for a point of the scenario for a few of them. */
export const roundMs = 1_500
export const pointWithinMs = 5_000
/** Until all nodes are ready before a scenario, and again after it. */
export const readyWithinMs = 20_000
export const settleWithinMs = 15_000
/** What is on its way out of a node when all is at rest must be gone by then: a lost connection, and the tracked entries of its channels. */
export const inventoryWithinMs = lossNoticedWithinMs + 2 * inFlightMs

/** A machine that stood still for this long at once may have cost a client its connection: half of what it waits for its heartbeat. */
export const starvedMs = clientHeartbeatMs / 2
/** A node that is asked to end has ended by then: each batch of its clients, the grace of one second for close frames, its parts. */
export const nodeStopsWithinMs = 6_000
/** Nobody who waits for a part that is killed waits for longer: less than the 5 s after which a call of an actor gives up. */
export const callerTimeoutMs = 4_500
/** A generous multiple of the heartbeats and the dialling that it takes until two nodes see each other again. */
export const peersAgreeWithinMs = 4 * redialMs
/** A node that hears nothing of another notices it long before this. */
export const peersNoticeWithinMs = 4 * peerGoneAfterMs
