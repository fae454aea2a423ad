import type { Balancer } from '../cluster/balancer/balancer.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { ClusterNode } from '../cluster/node.ts'
import { systemClock } from '../platform/clock.ts'
import { seen, unseen, type Witness, witnessWithin } from './fault.ts'
import { isBack, portIs } from './node-witness.ts'

const witnessedWithinMs = 10_000

/** What deploys and scaling need. Throws, with what to write, where the scenario has no balancer. */
export function balancerOf({ balancer }: Cluster, kind: string): Balancer {
  if (!balancer) throw new Error(`${kind} needs a balancer in front of the nodes: given: { balancer: 'round-robin' }`)
  return balancer
}

export const nodesOf = (cluster: Cluster, target: string): ClusterNode[] =>
  target.split(',').map((name) => cluster.node(name))

/** The process of each node, by name. */
export type Pids = ReadonlyMap<string, number | undefined>

export const pidsOf = (nodes: readonly ClusterNode[]): Pids => new Map(nodes.map(({ name, pid }) => [name, pid]))

/** Whether every node is another process than before, and ready. */
export async function areReplaced(nodes: readonly ClusterNode[], before: Pids): Promise<Witness> {
  const same = nodes.find(({ name, pid }) => pid === undefined || pid === before.get(name))
  if (same) return unseen(`${same.name} is ${same.pid === undefined ? 'not running' : `still process ${same.pid}`}`)
  for (const node of nodes) {
    const back = await isBack(node)
    if (!back.seen) return back
  }
  const changes = nodes.map(({ name, pid }) => `${name} was process ${before.get(name)} and is ${pid}`)
  return seen(changes.join(', '))
}

/** Whether each of them is ready, and gets clients. */
export async function areServing(balancer: Balancer, nodes: readonly ClusterNode[]): Promise<Witness> {
  for (const node of nodes) {
    const back = await isBack(node)
    if (!back.seen) return back
  }
  const listed = balancer.nodes()
  const names = nodes.map(({ name }) => name)
  const said = `the balancer gives clients to ${listed.join(', ') || 'nobody'}, and ${names.join(', ')} are ready`
  return names.every((name) => listed.includes(name)) ? seen(said) : unseen(said)
}

/** Whether none of them runs or gets clients any more. */
export async function areGone(balancer: Balancer, nodes: readonly ClusterNode[]): Promise<Witness> {
  const listed = nodes.find(({ name }) => balancer.nodes().includes(name))
  if (listed) return unseen(`the balancer still gives clients to ${listed.name}`)
  const ports = await Promise.all(nodes.map((node) => portIs(node, ['refused', 'closed'])))
  return ports.find((one) => !one.seen) ?? seen(ports.map(({ why }) => why).join(', '))
}

type Look = () => Promise<Witness>

/** Looks until all of this is seen at once, or the time is over. */
export const witnessAll = (...looks: readonly Look[]): Promise<Witness> =>
  witnessWithin(witnessedWithinMs, () => allSeen(looks), systemClock)

/** All of them, or the first that was not seen. */
async function allSeen(looks: readonly Look[]): Promise<Witness> {
  const whys: string[] = []
  for (const look of looks) {
    const witness = await look()
    if (!witness.seen) return witness
    whys.push(witness.why)
  }
  return seen(whys.join('; '))
}
