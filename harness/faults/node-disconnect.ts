import type { ClusterNode } from '../cluster/node.ts'
import { systemClock } from '../platform/clock.ts'
import { canary } from './canary.ts'
import { type FaultKind, seen, unseen, witnessWithin } from './fault.ts'
import { isBack } from './node-faults.ts'

const cutWithinMs = 5_000
const backWithinMs = 20_000

const answerOf = async ({ port }: ClusterNode) => (await canary(port)).answer

/** Takes a node off its network, which only containers can; another node is asked as well, and still answers (FI-7). */
export const nodeDisconnect: FaultKind = (cluster, target) => {
  const node = cluster.node(target)
  const beside = cluster.nodes.find(({ name, hasWeb }) => name !== target && hasWeb)
  if (!beside) throw new Error('node.disconnect needs a second node, to show that the network itself is well')
  const isCut = async () => {
    const [there, other] = [await answerOf(node), await answerOf(beside)]
    const said = `the port of ${target} is ${there}, that of ${beside.name} is ${other}`
    return there !== 'answered' && other === 'answered' ? seen(said) : unseen(said)
  }
  return {
    inject: node.disconnect,
    witnessOn: () => witnessWithin(cutWithinMs, isCut, systemClock),
    heal: node.reconnect,
    witnessOff: () => witnessWithin(backWithinMs, () => isBack(node), systemClock),
  }
}
