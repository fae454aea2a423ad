import { describe, expect, it } from 'vitest'
import { nodeInventoryAccounted } from '../../../../harness/checkers/core/node-inventory-accounted.ts'
import type { NodeHolds, Present } from '../../../../harness/history/inventory.ts'
import { final, historyOf, type TestEvent } from '../../../support/histories.ts'

const base: NodeHolds = {
  ...{ connections: 0, polls: 0, relayed: 0, sessions: 0, joined: 0, clientSubscriptions: 0 },
  ...{ unreadBytes: 0, outboxesWaiting: 0, channels: {}, actors: { database: 1 }, timers: 4 },
  ...{ topics: 3, subscriptions: 3, tracked: 0, trackedOfNobody: 0, callsInFlight: 0, peerBytes: 0 },
  pending: { transactions: 0 },
}
/** One client at a WebSocket with two topics. */
const busy: NodeHolds = {
  ...base,
  ...{ connections: 1, sessions: 1, joined: 2, clientSubscriptions: 2, subscriptions: 5, tracked: 1, timers: 8 },
  ...{ channels: { PingChannel: 2 }, actors: { database: 1, channel: 2 } },
}
const alice: Present = { who: 'alice', node: 'n2', connections: 1, polls: 0, channels: 2 }
const pollster: Present = { who: 'pip', node: 'n2', connections: 0, polls: 1, channels: 1 }

const atFirst: TestEvent = { type: 'read', who: 'n2', node: 'n2', operation: 'node-holds', value: base }
const inTheEnd = (holds: NodeHolds, ...present: Present[]) => final('node-holds', { holds, present }, 'n2', 'n2')
const check = (...events: TestEvent[]) => nodeInventoryAccounted.check(historyOf(...events))
const whyOf = (holds: Partial<NodeHolds>, ...present: Present[]) => {
  const { outcome, why } = check(atFirst, inTheEnd({ ...busy, ...holds }, ...present))
  return outcome === 'violated' ? why : outcome
}

describe('node-inventory-accounted (RT-11, CH-63, DF-104)', () => {
  it('is valid when the node holds what its clients account for, or less', () => {
    expect(check(atFirst, inTheEnd(base)).outcome).toBe('passed')
    expect(whyOf({}, alice)).toBe('passed')
    expect(whyOf({}, alice, pollster)).toBe('passed')
    expect(whyOf({ polls: 1, sessions: 2, relayed: 1, unreadBytes: 9 }, alice, pollster)).toBe('passed')
    expect(whyOf({ unreadBytes: 9 }, { ...alice, isStalled: true })).toBe('passed')
  })

  it.each<[Partial<NodeHolds>, string]>([
    [{ connections: 2 }, '2 WebSockets, and its clients have 1 open'],
    [{ polls: 1, sessions: 2 }, '1 long-poll session, and 0 clients can poll there'],
    [{ sessions: 3 }, '2 sessions whose connection has ended'],
    [{ channels: { PingChannel: 5 } }, '3 channels that no session has joined (it has 5 PingChannel)'],
    [{ channels: { PingChannel: 1 } }, '1 joined topic whose channel has ended'],
    [{ channels: { PingChannel: 3 }, joined: 3 }, '1 channel that nobody has joined (it has 3 PingChannel)'],
    [{ trackedOfNobody: 2 }, '2 tracked entries whose channel has ended'],
    [{ subscriptions: 6 }, '6 subscriptions, and its parts and channels account for 5'],
    [{ topics: 6 }, '6 topics of pub/sub, and its parts and channels can account for 5'],
    [{ actors: { database: 2 } }, '2 actors of the role database, and had 1 before the first step'],
    [{ actors: { task: 1 } }, '1 actor of the role task, and had 0 before the first step'],
    [{ callsInFlight: 1 }, '1 call that nobody has answered'],
    [{ relayed: 2 }, '2 polls of clients that have left, relayed to another node'],
    [{ peerBytes: 7 }, '7 bytes for other nodes, which are there'],
    [{ unreadBytes: 7 }, '7 bytes for clients, all of which read'],
    [{ pending: { databaseConnections: 2 } }, '2 database connections with nothing going on'],
    [{ timers: 24 }, '24 armed timers, and at most 13 have a purpose'],
  ])('is invalid for %j', (holds, words) => {
    expect(whyOf(holds, alice)).toBe(`n2 holds ${words}`)
  })

  it('takes actors that are there for somebody, and no more of them', () => {
    const lists = { ...alice, actors: { todo_server: 2 } }
    expect(whyOf({ actors: { todo_server: 2 } }, lists)).toBe('passed')
    expect(whyOf({ actors: { todo_server: 3 } }, lists)).toBe(
      'n2 holds 3 actors of the role todo_server, and had 0 before the first step; 2 more may be there for its clients',
    )
  })

  it('takes up to three relayed requests for each client with long polls, and exactly so many timers', () => {
    const polling = { polls: 1, sessions: 2 }
    expect(whyOf({ ...polling, relayed: 3 }, alice, pollster)).toBe('passed')
    expect(whyOf({ ...polling, relayed: 4 }, alice, pollster)).toBe(
      'n2 holds 4 polls of clients that have left, relayed to another node',
    )
    const counting = { ...pollster, relayed: 6 }
    expect(whyOf({ ...polling, relayed: 6 }, alice, counting)).toBe('passed')
    expect(whyOf({ ...polling, relayed: 7 }, alice, counting)).toMatch(/^n2 holds 7 polls of clients that have left/)
    expect(whyOf({ timers: 13 }, alice)).toBe('passed')
    expect(whyOf({ timers: 14 }, alice)).toBe('n2 holds 14 armed timers, and at most 13 have a purpose')
  })

  it('is unknown when a node was not asked, before or after', () => {
    expect(check(inTheEnd(base)).why).toBe('no node was asked what it held before the first step')
    expect(check(atFirst)).toMatchObject({ outcome: 'unknown', why: 'n2 was not asked what it holds in the end' })
  })
})
