import type { Cluster } from '../cluster/cluster.ts'
import type { ClusterNode } from '../cluster/node.ts'
import { systemClock } from '../platform/clock.ts'
import { aNode } from './aims.ts'
import type { CanaryResult } from './canary.ts'
import { defineFault } from './define-fault.ts'
import { drawNode } from './draws.ts'
import { type Fault, witnessWithin } from './fault.ts'
import { isBack, portIs } from './node-witness.ts'
import { noOptions } from './options.ts'

const goneWithinMs = 3_000
const backWithinMs = 20_000

type Act = (node: ClusterNode) => Promise<void> | void

interface Down {
  hit: Act
  mend: Act
  /** What the port of the node is like meanwhile. */
  answers: readonly CanaryResult['answer'][]
}

function downUntilHealed(cluster: Cluster, target: string, { hit, mend, answers }: Down): Fault {
  const node = cluster.node(target)
  return {
    inject: async () => hit(node),
    witnessOn: () => witnessWithin(goneWithinMs, () => portIs(node, answers), systemClock),
    heal: async () => mend(node),
    witnessOff: () => witnessWithin(backWithinMs, () => isBack(node), systemClock),
  }
}

/** On the same ports. */
const restart: Act = async (node) => {
  if (!node.running) await node.start()
}

/** A node behind a forwarder is gone when the forwarder closes the connection; one of this machine refuses it. */
const gone = ['refused', 'closed'] as const

const common = {
  aim: aNode,
  options: noOptions,
  explains: () => ({ at: 'node' }) as const,
  endsConnections: true,
  // A node is ready again only when it reaches its database.
  drawn: { ways: [drawNode], alsoNeeds: 'the database' },
  simulated: true,
} as const

/** No goodbye (FI-2). */
export const nodeKill = defineFault({
  ...common,
  kind: 'node.kill',
  title: 'SIGKILL to a node, healed by a new start',
  isSudden: true,
  create: (cluster, target) =>
    downUntilHealed(cluster, target, { hit: (node) => node.kill(), mend: restart, answers: gone }),
  forgets: 'memory',
})

/** (FI-2) */
export const nodeStop = defineFault({
  ...common,
  kind: 'node.stop',
  title: 'SIGTERM to a node: it drains and ends, healed by a new start',
  create: (cluster, target) =>
    downUntilHealed(cluster, target, {
      hit: async (node) => void (await node.terminate()),
      mend: restart,
      answers: gone,
    }),
  forgets: 'memory',
  closesWith: 1012,
})

/** (FI-11) */
export const nodePause = defineFault({
  ...common,
  kind: 'node.pause',
  title: 'SIGSTOP to a node: connections are taken, nothing answers',
  create: (cluster, target) =>
    downUntilHealed(cluster, target, {
      hit: (node) => node.pause(),
      mend: (node) => node.resume(),
      answers: ['silent'],
    }),
})
