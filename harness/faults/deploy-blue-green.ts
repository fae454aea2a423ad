import { z } from 'zod'
import { blueGreenDeploy } from '../cluster/deploy/deploy.ts'
import { systemClock } from '../platform/clock.ts'
import { someNodes } from './aims.ts'
import { areGone, areServing, balancerOf, nodesOf, witnessAll } from './behind-balancer.ts'
import { defineFault } from './define-fault.ts'
import { milliseconds, optionsOf } from './options.ts'

/** Healed by the same deploy in the other direction, as one that is rolled back (DP-33, DP-34, FI-13). */
export const deployBlueGreen = defineFault({
  kind: 'deploy.blue-green',
  needs: 'balancer',
  title: 'replaces the nodes behind the balancer by a second cluster, and goes back when healed',
  aim: someNodes,
  isOfAllParts: true,
  options: optionsOf({
    green: z.string().meta({ description: 'the nodes on standby that take over: g1,g2' }),
    overMs: milliseconds('in which the connections to the old nodes are closed, evenly').default(0),
  }),
  create(cluster, target, { green: greenNames, overMs }) {
    const balancer = balancerOf(cluster, 'deploy.blue-green')
    const [blue, green] = [nodesOf(cluster, target), nodesOf(cluster, greenNames)]
    const options = { clock: systemClock, overMs }
    const look = (up: typeof blue, down: typeof blue) =>
      witnessAll(
        () => areServing(balancer, up),
        () => areGone(balancer, down),
      )
    return {
      inject: () => blueGreenDeploy(balancer, blue, green, options),
      witnessOn: () => look(green, blue),
      heal: () => blueGreenDeploy(balancer, green, blue, options),
      witnessOff: () => look(blue, green),
    }
  },
  explains: () => ({ at: 'node' }),
  endsConnections: true,
  forgets: 'memory',
  drawn: { never: 'random plans have no balancer' },
  simulated: 'no balancer in the simulation',
})
