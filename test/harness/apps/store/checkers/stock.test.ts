import { describe, expect, it } from 'vitest'
import { neverOversold } from '../../../../../harness/apps/store/checkers/never-oversold.ts'
import { nodesAgreeWithDatabase } from '../../../../../harness/apps/store/checkers/nodes-agree-with-database.ts'
import { replicationBounded } from '../../../../../harness/apps/store/checkers/replication-bounded.ts'
import { final, historyOf, invoke, nodeState, stock } from '../../../../support/histories.ts'

const sale = invoke('sell', { itemId: 7 })

describe('never-oversold (ST-19, DF-68)', () => {
  const check = (item: Record<string, number>, ...events: Parameters<typeof historyOf>) =>
    neverOversold.check(historyOf(...events, final('database', stock(true, item))))

  it('is valid when initial = available + sold', () => {
    expect(check({}, sale).outcome).toBe('passed')
  })

  it('is invalid when more was sold than there was, or less than nothing is left', () => {
    expect(check({ soldUnits: 11, availableCount: -1 }, sale).why).toContain('oversold')
    expect(check({ soldUnits: 11, availableCount: 0 }, sale).outcome).toBe('violated')
  })

  it('is invalid when pairs vanish', () => {
    expect(check({ availableCount: 7 }, sale)).toMatchObject({
      outcome: 'violated',
      why: expect.stringContaining('not conserved'),
    })
  })

  it('is invalid when a sale did not raise the version of its item', () => {
    expect(check({ version: 2, saleCount: 2 }, sale).outcome).toBe('passed')
    expect(check({ version: 1, saleCount: 2 }, sale).why).toContain(
      'not numbered: item 7 was sold 2 times, and its version is 1',
    )
  })

  it('is invalid when a sale was confirmed that the database does not know', () => {
    const confirmed = { who: 'n1', type: 'ok', operation: 'sell', value: { itemId: 7 } } as const
    const verdict = check({ soldUnits: 1, availableCount: 9 }, sale, sale, confirmed, confirmed)
    expect(verdict).toMatchObject({ outcome: 'violated', why: expect.stringMatching(/^lost sale: /) })
  })

  it('is unknown when nobody bought or the stock was not read', () => {
    expect(check({}).outcome).toBe('unknown')
    expect(neverOversold.check(historyOf(sale)).outcome).toBe('unknown')
  })
})

describe('nodes-agree-with-database (ST-57, ST-58)', () => {
  const check = (...states: unknown[]) =>
    nodesAgreeWithDatabase.check(
      historyOf(
        final('database', stock()),
        ...states.map((state, index) => final('node-state', state, `n${index + 1}`, `n${index + 1}`)),
      ),
    )

  it('is valid when every node holds what the database holds', () => {
    expect(check(nodeState(), nodeState()).outcome).toBe('passed')
  })

  it('is invalid when one node drifts, and names it', () => {
    expect(check(nodeState(), nodeState(9)).why).toContain('node n2 has 9 of item 7')
    expect(check(nodeState(8, {}, false)).outcome).toBe('violated')
    expect(check({ inventory: null }).why).toContain('has no inventory')
  })

  it('is unknown when no node was read', () => {
    expect(check().outcome).toBe('unknown')
  })
})

describe('replication-bounded (ST-55, DF-58)', () => {
  const check = (counters: Record<string, number>[], ...events: Parameters<typeof historyOf>) =>
    replicationBounded.check(
      historyOf(...events, ...counters.map((one, index) => final('node-state', nodeState(8, one), `n${index + 1}`))),
    )
  const sender = { replicationSent: 1, replicationHandled: 0 }
  const handler = { replicationSent: 0, replicationHandled: 1 }

  it('is valid when each change is handled once by every other node', () => {
    expect(check([sender, handler, handler], sale).outcome).toBe('passed')
  })

  it('is invalid when handling replicates again', () => {
    expect(check([sender, { ...handler, replicationSent: 1 }, handler], sale).why).toContain('loop')
  })

  it('is invalid when one message is handled more often than there are other nodes', () => {
    expect(check([sender, { ...handler, replicationHandled: 3 }], sale).why).toContain('too many')
  })

  it('is unknown on one node, without a change, with a reducer, and when nothing was sent', () => {
    expect(check([sender], sale).outcome).toBe('unknown')
    expect(check([sender, handler]).outcome).toBe('unknown')
    expect(check([sender, handler], sale, invoke('reduce', {})).outcome).toBe('unknown')
    expect(check([{}, {}], sale).outcome).toBe('unknown')
  })
})
