import type { ClusterNode } from '../cluster/node.ts'
import { systemClock } from '../platform/clock.ts'
import { aNode } from './aims.ts'
import { canary } from './canary.ts'
import { defineFault } from './define-fault.ts'
import { seen, unseen, witnessWithin } from './fault.ts'
import { isBack } from './node-witness.ts'
import { noOptions } from './options.ts'

const cutWithinMs = 5_000
const backWithinMs = 20_000

const answerOf = async ({ port }: ClusterNode) => (await canary(port)).answer

/** Another node is asked as well, and still answers (FI-7). */
export const nodeDisconnect = defineFault({
  kind: 'node.disconnect',
  title: 'takes a node off its network, with --driver container',
  endsConnections: true,
  aim: aNode,
  options: noOptions,
  create(cluster, target) {
    const node = cluster.node(target)
    const control = cluster.nodes.find(({ name, hasWeb }) => name !== target && hasWeb)
    if (!control) throw new Error('node.disconnect needs a second node, to show that the network itself is well')
    const isCut = async () => {
      const [there, other] = [await answerOf(node), await answerOf(control)]
      const said = `the port of ${target} is ${there}, that of ${control.name} is ${other}`
      return there !== 'answered' && other === 'answered' ? seen(said) : unseen(said)
    }
    return {
      inject: node.disconnect,
      witnessOn: () => witnessWithin(cutWithinMs, isCut, systemClock),
      heal: node.reconnect,
      witnessOff: () => witnessWithin(backWithinMs, () => isBack(node), systemClock),
    }
  },
  explains: () => ({ at: 'node' }),
  drawn: { never: 'a process cannot be taken off its network' },
  simulated: 'link.partition does the same in a simulation',
})
