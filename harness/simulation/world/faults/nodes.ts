import { nodeRemains } from '../../../history/inventory.ts'
import type { Cluster } from '../cluster.ts'
import type { SimulatedNode } from '../node.ts'
import type { Response } from '../requests.ts'
import { backWithinMs, type FaultFactory, probeWithinMs, said, within } from './fault.ts'

/** The common shape of what happens to a whole node: what a request to it is like tells. */
const nodeFault =
  (
    hit: (node: SimulatedNode, options: Parameters<FaultFactory>[2], cluster: Cluster) => void | Promise<void>,
    mend: (cluster: Cluster, node: SimulatedNode) => void | Promise<void>,
    expected: Response['kind'],
  ): FaultFactory =>
  (cluster, target, options) => ({
    inject: () => hit(cluster.node(target), options, cluster),
    async witnessOn() {
      const { kind } = await cluster.ask(target, { do: 'health' }, probeWithinMs)
      return said(kind === expected, `a request to ${target} is ${kind}`)
    },
    heal: () => mend(cluster, cluster.node(target)),
    witnessOff: () =>
      within(cluster, backWithinMs, async () => {
        const { kind } = await cluster.ask(target, { do: 'health' }, probeWithinMs)
        const isReady = kind === 'answered' && cluster.node(target).isReady()
        return said(isReady, `a request to ${target} is ${kind}, and it is ${isReady ? '' : 'not '}ready`)
      }),
  })

const restart = (cluster: Cluster, { name }: SimulatedNode) => cluster.start(name)

async function stop(node: SimulatedNode, _options: unknown, { recorder }: Cluster) {
  const { name } = node
  recorder.record({ who: name, node: name, type: 'read', operation: nodeRemains, value: await node.stop() })
}

/** SIGKILL: no goodbye (FI-2). */
export const nodeKill = nodeFault((node) => node.kill(), restart, 'refused')
/** SIGTERM: the node drains and ends (FI-2). */
export const nodeStop = nodeFault(stop, restart, 'refused')
/** Connections are taken and nothing answers (FI-11). */
export const nodePause = nodeFault(
  ({ machine }) => machine.pause(),
  (_cluster, { machine }) => machine.resume(),
  'silent',
)

/** The event loop of a node is busy, and goes on by itself (FI-11). */
export const nodeBlock = nodeFault(
  ({ machine }, { forMs }, { clock }) => {
    machine.pause()
    clock.after(Number(forMs), machine.resume)
  },
  () => {},
  'silent',
)
