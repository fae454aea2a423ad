import { describe, expect, it } from 'vitest'
import { type Backend, createPolicy, type PolicyName } from '../../../../harness/cluster/balancer/policy.ts'
import { seededRandom } from '../../../../harness/platform/random.ts'

const backend = (name: string, open: number, taken = open): Backend => ({ name, open, taken })

function given(policy: PolicyName, requests: number): Record<string, number> {
  const choose = createPolicy(policy, seededRandom(1))
  const counts: Record<string, number> = { n1: 0, n2: 0, n3: 0 }
  for (let n = 0; n < requests; n += 1)
    counts[choose(Object.entries(counts).map(([name, open]) => backend(name, open))).name]! += 1
  return counts
}

describe('policies of a balancer (DP-17)', () => {
  it.each(['round-robin', 'least-connections'] as const)(
    '%s gives each of three servers 22 of 66 requests (DP-18)',
    (policy) => expect(given(policy, 66)).toEqual({ n1: 22, n2: 22, n3: 22 }),
  )

  it('random gives each about as many', () => {
    const counts = Object.values(given('random', 6_600))
    for (const count of counts) expect(Math.abs(count - 2_200)).toBeLessThan(4 * Math.sqrt((6_600 * 2) / 9))
  })

  it('least-connections gives new ones to the empty server only (DP-20)', () => {
    const choose = createPolicy('least-connections', seededRandom(1))
    expect(choose([backend('n1', 1_000), backend('n2', 1_000), backend('n3', 0)]).name).toBe('n3')
  })

  it('least-connections takes turns where all have equally many', () => {
    const choose = createPolicy('least-connections', seededRandom(1))
    expect(choose([backend('n1', 0, 2), backend('n2', 0, 1), backend('n3', 0, 2)]).name).toBe('n2')
  })

  it('round-robin goes on when a server is gone', () => {
    const choose = createPolicy('round-robin', seededRandom(1))
    const all = [backend('n1', 0), backend('n2', 0), backend('n3', 0)]
    expect([choose(all).name, choose(all).name]).toEqual(['n1', 'n2'])
    expect([choose(all.slice(0, 2)).name, choose(all.slice(0, 2)).name]).toEqual(['n1', 'n2'])
  })
})
