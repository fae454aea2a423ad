import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as timing from '../../harness/timing.ts'

const { clusterHeartbeatMs, clientHeartbeatMs, missedBeatsMax, dialAgainAfterMs } = timing
const peerGoneAfterMs = missedBeatsMax * clusterHeartbeatMs

/** What must hold between durations, whatever they are. */
const longer: [string, atLeastMs: number, thanMs: number][] = [
  ['a client that sends heartbeats is never idle', timing.socketIdleTimeoutMs, 2 * clientHeartbeatMs],
  ['a node is given up only when its connection is known to be gone', timing.trackerDownMs, peerGoneAfterMs],
  [
    'the ledger expects losses until a dead connection is dialed again',
    timing.redialMs,
    peerGoneAfterMs + dialAgainAfterMs,
  ],
  ['what has not arrived when a scenario is quiet is lost', timing.quietMs, timing.inFlightMs],
  ['both ends of an edge may be told by a message', timing.edgeMs, timing.inFlightMs],
  [
    'a client that lost its connection notices: one heartbeat, and the answer to it',
    timing.lossNoticedWithinMs,
    2 * clientHeartbeatMs,
  ],
  ['a tab that is awake sends a heartbeat while it is watched for one', timing.suspendedMs, clientHeartbeatMs],
  ['a tab that is awake is heard before it is suspended', timing.awakeHeardWithinMs, 2 * clientHeartbeatMs],
  ['a suspended tab is still connected when that is witnessed', timing.socketIdleTimeoutMs, 2 * timing.suspendedMs],
  [
    'a simulation waits until a node that stood still is given up, and heard again',
    timing.simulatedQuietMs,
    timing.trackerDownMs + peerGoneAfterMs,
  ],
  ['a purchase outlasts a push', timing.purchaseWithinMs, timing.pushWithinMs],
  ['an action outlasts its purchase', timing.actionWithinMs, timing.purchaseWithinMs],
  ['a fault waits for a point for more than a round', timing.pointWithinMs, timing.roundMs],
  [
    'nodes and clients come to rest within the time for it',
    timing.settleWithinMs,
    timing.trackerDownMs + timing.redialMs,
  ],
]

describe('durations that depend on each other', () => {
  it.each(longer)('%s', (_why, atLeastMs, thanMs) => {
    expect(atLeastMs).toBeGreaterThan(thanMs)
  })

  it.each(['mesh', 'redis'])('are those of the %s adapter of the system', (adapter) => {
    const source = readFileSync(`system/pubsub/${adapter}.ts`, 'utf8')
    expect(source).toContain(`const missedBeatsMax = ${missedBeatsMax}\n`)
    expect(source).toContain(`const retryMs = ${dialAgainAfterMs}\n`)
  })
})
