import { describe, expect, it } from 'vitest'
import { stoppedNodeIsEmpty } from '../../../../harness/checkers/core/stopped-node-is-empty.ts'
import { type NodeHolds, type NodeRemains, nodeRemains } from '../../../../harness/history/inventory.ts'
import { historyOf, type TestEvent } from '../../../support/histories.ts'

const nothing = {
  ...{ connections: 0, polls: 0, relayed: 0, sessions: 0, callsInFlight: 0, timers: 0, actors: {}, pending: {} },
  ...{ topics: 4, subscriptions: 4 },
} as unknown as NodeHolds
const stopped = (holds: Partial<NodeHolds>, more: Partial<NodeRemains> = {}): TestEvent => ({
  ...{ type: 'read', who: 'n1', node: 'n1', operation: nodeRemains },
  value: { holds: { ...nothing, ...holds }, ...more },
})
const check = (...events: TestEvent[]) => stoppedNodeIsEmpty.check(historyOf(...events))

describe('stopped-node-is-empty (RT-13)', () => {
  it('is unknown when no node stopped, and passed when nothing was left', () => {
    expect(check().outcome).toBe('unknown')
    expect(stoppedNodeIsEmpty.needs!(historyOf())).toBe(false)
    expect(check(stopped({})).outcome).toBe('passed')
    expect(check(stopped({ relayed: 1, timers: 9 })).outcome).toBe('passed')
  })

  it.each<[Partial<NodeHolds>, string]>([
    [{ connections: 1 }, 'still had 1 open WebSockets'],
    [{ actors: { channel: 3 } }, 'still had 3 actors of the role channel'],
    [{ pending: { databaseConnections: 1 } }, 'still had 1 of databaseConnections'],
    [{ callsInFlight: 1 }, 'still had 1 calls in flight'],
  ])('is violated for %j', (holds, words) => {
    expect(check(stopped({}), stopped(holds)).why).toBe(`left over: n1 had stopped and ${words}`)
  })

  it('is violated for a node that talks after its goodbye', () => {
    expect(check(stopped({}, { saidAfterGoodbye: ['heartbeat on tracker:a:0'] })).why).toBe(
      'left over: n1 had stopped and told the others after its goodbye: heartbeat on tracker:a:0',
    )
  })

  it('is violated for a node that said no goodbye where others heard it', () => {
    expect(check(stopped({}, { withoutGoodbye: [] })).outcome).toBe('passed')
    expect(check(stopped({}, { withoutGoodbye: ['tracker:a:0'] })).why).toBe(
      'left over: n1 had stopped and never said goodbye on tracker:a:0 to nodes that heard it there',
    )
  })
})
