import { describe, expect, it } from 'vitest'
import { messagesBetweenNodesBounded } from '../../../../harness/checkers/core/messages-between-nodes-bounded.ts'
import { mannersOf } from '../../../../harness/history/manners.ts'
import { type SentByKind, sentBefore } from '../../../../harness/history/sent.ts'
import { fault, final, historyOf, join, type TestEvent, theEnd } from '../../../support/histories.ts'

const sent = (messages: number, bytes = messages * 4, topics = 1) => ({ messages, bytes, topics })
const node = (name: string, ofKind: SentByKind) => final('node-state', { sent: ofKind }, name, name)
const before = (name: string, ofKind: SentByKind): TestEvent => ({
  type: 'read',
  who: name,
  node: name,
  operation: sentBefore,
  value: ofKind,
  tMs: 0,
})
const operation = (who = 'alice'): TestEvent => ({ type: 'invoke', who, operation: 'sell', tMs: 500 })
const published: TestEvent = {
  ...{ type: 'publish', who: 'background-n1', topic: 'ping:background', tMs: 500 },
  value: { publisher: 'background-n1', seq: 1, origin: 'n1', digest: '100000:0' },
}
/** Two nodes, of which the first sent this; ten seconds. */
const verdictOf = (ofKind: SentByKind, ...events: TestEvent[]) => {
  const nodes = [node('n1', ofKind), node('n2', {})].map((one) => ({ ...one, tMs: 10_000 }))
  return messagesBetweenNodesBounded.check(historyOf(...events, ...nodes, theEnd(10_000)))
}
const whyOf = (ofKind: SentByKind, ...events: TestEvent[]) => {
  const { outcome, why } = verdictOf(ofKind, ...events)
  return outcome === 'violated' ? why : outcome
}

describe('messages-between-nodes-bounded (ST-55, DP-9, DF-58)', () => {
  it('is unknown without two nodes that show what they send', () => {
    expect(messagesBetweenNodesBounded.check(historyOf()).outcome).toBe('unknown')
    expect(messagesBetweenNodesBounded.check(historyOf(node('n1', { beat: sent(1) }))).outcome).toBe('unknown')
    expect(messagesBetweenNodesBounded.needs!(historyOf(node('n1', {})))).toBe(false)
  })

  it('is valid for heartbeats in their interval, and violated for a heartbeat without a pause', () => {
    expect(whyOf({ beat: sent(100) })).toBe('passed')
    expect(whyOf({ beat: sent(1_000) })).toMatch(/^storm: 2 nodes sent each other 1000 messages of the kind beat, and/)
  })

  it('counts what visitors of a simulation send through another node for relayed polls, and for nothing else', () => {
    const visitor = (relayedRequests: number) =>
      final('conversation', { frames: 1, relayedRequests }, 'visitor-4', 'n1')
    expect(whyOf({ longpoll_relay: sent(60) })).toMatch(/^storm: .* of the kind longpoll_relay/)
    expect(whyOf({ longpoll_relay: sent(60) }, visitor(20))).toBe('passed')
    expect(whyOf({ cart: sent(60) }, visitor(20))).toMatch(/^storm: .* of the kind cart/)
  })

  it('counts a reconnection for each fault that began or ended, and for each stall', () => {
    expect(whyOf({ up: sent(4) })).toBe('passed')
    expect(whyOf({ up: sent(12) })).toMatch(/^storm: .* of the kind up/)
    expect(whyOf({ up: sent(12) }, fault(1_000))).toBe('passed')
    const stall: TestEvent = { type: 'read', who: 'n1', operation: mannersOf.stall, value: { forMs: 900 } }
    expect(whyOf({ up: sent(12) }, stall, stall)).toBe('passed')
  })

  it('counts a reconnection when a node sees another one again that it had given up, however short the stall was', () => {
    const sees = (n2: boolean, tMs: number): TestEvent => ({
      ...{ type: 'read', who: 'n1', node: 'n1', operation: mannersOf.peers },
      value: { n2 },
      tMs,
    })
    const flapping = [sees(true, 0), sees(false, 1_000), sees(true, 2_000), sees(false, 3_000), sees(true, 4_000)]
    expect(whyOf({ up: sent(12) }, sees(true, 0))).toMatch(/^storm: .* of the kind up/)
    expect(whyOf({ up: sent(12) }, ...flapping)).toBe('passed')
    expect(whyOf({ up: sent(13) }, ...flapping)).toMatch(/^storm: .* of the kind up/)
  })

  it('counts joins that were seen on a socket, and those that a client recorded itself', () => {
    const seen = (topic: string): TestEvent => ({
      ...{ type: 'read', who: 'bob', node: 'n1', operation: mannersOf.socket, tMs: 500 },
      value: { kind: 'join', topic },
    })
    const joins = Array.from({ length: 100 }, () => seen('cart:1'))
    expect(whyOf({ cart: sent(200) })).toMatch(/^storm: .* 200 messages of the kind cart/)
    expect(whyOf({ cart: sent(200) }, ...joins)).toBe('passed')
    expect(whyOf({ cart: sent(300) }, ...joins)).toMatch(/300 messages of the kind cart, and at most 220/)
  })

  it('counts each of many items that one operation pushes', () => {
    const push: TestEvent = { type: 'invoke', who: 'n1', operation: 'push items', value: { count: 300 }, tMs: 500 }
    expect(whyOf({ user: sent(600) }, push)).toBe('passed')
    expect(whyOf({ user: sent(700) }, push)).toMatch(/700 messages of the kind user, and at most 620/)
  })

  it('is violated for an event that goes round, and for a tracker that speaks without a change', () => {
    expect(whyOf({ inventory_replication: sent(22) }, operation())).toBe('passed')
    expect(whyOf({ inventory_replication: sent(23) }, operation())).toMatch(
      /23 messages of the kind inventory_replication, and at most 22/,
    )
    expect(whyOf({ tracker: sent(40, 900, 4) })).toBe('passed')
    expect(whyOf({ tracker: sent(200, 900, 4) })).toMatch(/^storm: .* of the kind tracker/)
  })

  it('counts the changes of trackers where nodes do: who comes and goes need not be tracked', () => {
    const joins = Array.from({ length: 400 }, () => join('alice', 100, 'room'))
    const telling = (changesTold: number) => {
      const nodes = [{ tracker: sent(300, 900, 4) }, {}].map((ofKind, index) => {
        const name = `n${index + 1}`
        return { ...final('node-state', { sent: ofKind, holds: { changesTold } }, name, name), tMs: 10_000 }
      })
      return messagesBetweenNodesBounded.check(historyOf(...joins, ...nodes, theEnd(10_000)))
    }
    expect(whyOf({ tracker: sent(300, 900, 4) }, ...joins)).toBe('passed')
    expect(telling(130).outcome).toBe('passed')
    expect(telling(100).why).toMatch(/^storm: .* 300 messages of the kind tracker, and at most 247/)
  })

  it('allows those who joined a topic to be sent its state after a reconnection', () => {
    expect(whyOf({ cart: sent(26) }, join('alice', 100, 'cart:1'))).toMatch(/^storm/)
    expect(whyOf({ cart: sent(26) }, join('alice', 100, 'cart:1'), join('bob', 100, 'cart:2'), fault(1_000))).toBe(
      'passed',
    )
  })

  it('counts what the background does for its own topics only', () => {
    const many = Array.from({ length: 20 }, () => operation('background-n1'))
    expect(whyOf({ ping: sent(60) }, published, ...many)).toBe('passed')
    expect(whyOf({ cart: sent(60) }, published, ...many)).toMatch(/^storm/)
  })

  it('counts the many things that one operation does, and broadcasts that nodes were asked for past the history', () => {
    const items: TestEvent = { ...operation(), operation: 'push items', value: { count: 40 } }
    expect(whyOf({ user: sent(90) }, operation())).toMatch(/^storm/)
    expect(whyOf({ user: sent(90) }, items)).toBe('passed')
    const asked = final('node-state', { counters: { askedBroadcasts: 40 } }, 'n1', 'n1')
    expect(whyOf({ user: sent(90) }, asked)).toBe('passed')
  })

  it('is violated for bytes that nobody published', () => {
    expect(whyOf({ ping: sent(1, 130_000) }, published)).toBe('passed')
    expect(whyOf({ ping: sent(1, 400_000) }, published)).toMatch(/^too much: 2 nodes sent each other 400000 bytes/)
    expect(whyOf({ beat: sent(10, 40_000) })).toMatch(/^too much/)
  })

  it('counts from what was sent before the first step, unless the node was started again', () => {
    expect(whyOf({ up: sent(12) }, before('n1', { up: sent(10) }))).toBe('passed')
    expect(whyOf({ up: sent(12) }, before('n1', { up: sent(13) }))).toMatch(/^storm/)
  })

  it('does not judge a live run whose visitors nobody counted', () => {
    const settings: TestEvent = {
      ...{ type: 'read', who: 'scenario', operation: mannersOf.settings },
      value: { idleTimeoutMs: 1, clusterHeartbeatMs: 400 },
    }
    const history = historyOf(settings, node('n1', { up: sent(1) }), node('n2', { up: sent(1) }))
    expect(messagesBetweenNodesBounded.needs!(history)).toBe(false)
  })
})
