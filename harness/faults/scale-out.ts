import { putIn, takeOut } from '../cluster/deploy/deploy.ts'
import { aNode } from './aims.ts'
import { areGone, areServing, balancerOf, witnessAll } from './behind-balancer.ts'
import { defineFault } from './define-fault.ts'
import { noOptions } from './options.ts'

/** Healed by scaling in: the node drains, and its clients go to the others (DP-20, DP-46, FI-13). */
export const scaleOut = defineFault({
  kind: 'scale.out',
  needs: 'balancer',
  title: 'adds a node on standby to those behind the balancer, and takes it away when healed',
  aim: aNode,
  options: noOptions,
  create(cluster, target) {
    const balancer = balancerOf(cluster, 'scale.out')
    const node = cluster.node(target)
    return {
      inject: () => putIn(balancer, node),
      witnessOn: () => witnessAll(() => areServing(balancer, [node])),
      heal: () => takeOut(balancer, node),
      witnessOff: () => witnessAll(() => areGone(balancer, [node])),
    }
  },
  explains: () => ({ at: 'node' }),
  endsConnections: true,
  drawn: { never: 'random plans have no node on standby' },
  simulated: 'no balancer in the simulation',
})
