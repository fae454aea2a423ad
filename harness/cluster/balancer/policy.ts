import type { Random } from '../../platform/random.ts'

/** One node behind a balancer, as a policy sees it. */
export interface Backend {
  readonly name: string
  /** Its open connections. */
  readonly open: number
  /** All connections that it was given so far. */
  readonly taken: number
}

/** Chooses the node of a new connection; there is at least one. */
export type Choose = (backends: readonly Backend[]) => Backend

export const policyNames = ['round-robin', 'random', 'least-connections'] as const
export type PolicyName = (typeof policyNames)[number]

/** Returns one of the usual policies (DP-17). A function of one's own is a policy too. */
export function createPolicy(name: PolicyName, random: Random): Choose {
  if (name === 'random') return (backends) => random.pick(backends)
  return name === 'round-robin' ? roundRobin() : leastConnections
}

/** One after the other. A node that comes or goes meanwhile moves the turn by at most one. */
function roundRobin(): Choose {
  let turn = 0
  return (backends) => {
    const chosen = backends[turn % backends.length]!
    turn = (turn + 1) % backends.length
    return chosen
  }
}

/** The node with the fewest open connections; of several, the one that was given the fewest so far. */
const leastConnections: Choose = (backends) =>
  backends.reduce((least, one) =>
    one.open < least.open || (one.open === least.open && one.taken < least.taken) ? one : least,
  )
