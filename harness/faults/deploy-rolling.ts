import { z } from 'zod'
import { rollingDeploy } from '../cluster/deploy/deploy.ts'
import { someNodes } from './aims.ts'
import { areGone, areReplaced, areServing, balancerOf, nodesOf, pidsOf, witnessAll } from './behind-balancer.ts'
import { defineFault } from './define-fault.ts'
import { optionsOf } from './options.ts'

/** The deploy is over when it was injected; healing it ends the spare (DP-30, DP-49, FI-13). */
export const deployRolling = defineFault({
  kind: 'deploy.rolling',
  needs: 'balancer',
  title: 'deploys one node after the other behind the balancer, each as a new process',
  aim: someNodes,
  isOfAllParts: true,
  options: optionsOf({
    downMax: z.number().int().min(1).default(1).meta({ unit: 'nodes', description: 'down at once' }),
    spare: z.string().optional().meta({ description: 'a node on standby that is up before the first one goes down' }),
  }),
  create(cluster, target, { downMax, spare: spareName }) {
    const balancer = balancerOf(cluster, 'deploy.rolling')
    const nodes = nodesOf(cluster, target)
    const spare = spareName === undefined ? undefined : cluster.node(spareName)
    const before = pidsOf(nodes)
    const serving = () => areServing(balancer, nodes)
    const replaced = () => areReplaced(nodes, before)
    const gone = () => areGone(balancer, spare ? [spare] : [])
    return {
      inject: () => rollingDeploy(balancer, nodes, { downMax, ...(spare && { spare }) }),
      witnessOn: () => witnessAll(replaced, serving),
      async heal() {
        if (!spare) return
        balancer.remove(spare.name)
        await spare.terminate()
      },
      witnessOff: () => witnessAll(serving, gone),
    }
  },
  explains: () => ({ at: 'node' }),
  endsConnections: true,
  forgets: 'memory',
  drawn: { never: 'random plans have no balancer' },
  simulated: 'no balancer in the simulation',
})
