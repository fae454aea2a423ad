import type { ClusterNode } from '../cluster/node.ts'
import { systemClock } from '../platform/clock.ts'
import { NotSupported } from '../platform/errors.ts'
import { type CanaryResult, canary } from './canary.ts'
import { type Fault, type FaultKind, seen, unseen, type Witness, witnessWithin } from './fault.ts'

const goneWithinMs = 3_000
const backWithinMs = 20_000

/** A node without a web server still has its control port. */
export async function portIs(
  node: ClusterNode,
  expected: readonly CanaryResult['answer'][],
  options: { withinMs?: number } = {},
): Promise<Witness> {
  const { answer } = await canary(node.hasWeb ? node.port : node.controlPort, options)
  const said = `the port of ${node.name} is ${answer}`
  return expected.includes(answer) ? seen(said) : unseen(said)
}

/** The common shape of what happens to a whole node: its port tells, asked directly and not through a link. */
function nodeFault(
  hit: (node: ClusterNode) => Promise<void> | void,
  mend: (node: ClusterNode) => Promise<void> | void,
  ...expected: CanaryResult['answer'][]
): FaultKind {
  return (cluster, target): Fault => {
    const node = cluster.node(target)
    const look = () => portIs(node, expected)
    return {
      inject: async () => hit(node),
      witnessOn: () => witnessWithin(goneWithinMs, look, systemClock),
      heal: async () => mend(node),
      witnessOff: () => witnessWithin(backWithinMs, () => isBack(node), systemClock),
    }
  }
}

export async function isBack(node: ClusterNode) {
  const state = await node.control.ready().catch((error: Error) => error)
  if (state instanceof NotSupported) return portIs(node, ['answered'])
  if (state instanceof Error) return unseen(`${node.name} does not answer: ${state.message}`)
  return state.ready ? seen(`${node.name} is ready`) : unseen(`${node.name} answers but is not ready`)
}

const restart = async (node: ClusterNode) => {
  if (!node.running) await node.start()
}

/** Whoever is asked through a forwarder closes the connection, where a node of this machine would have refused it. */
const gone = ['refused', 'closed'] as const

/** SIGKILL: no goodbye. Healed by starting it again on the same ports (FI-2). */
export const nodeKill = nodeFault((node) => node.kill(), restart, ...gone)
/** SIGTERM: the node drains and ends (FI-2). */
export const nodeStop = nodeFault(async (node) => void (await node.terminate()), restart, ...gone)
/** SIGSTOP: connections are accepted and nothing answers (FI-11). */
export const nodePause = nodeFault(
  (node) => node.pause(),
  (node) => node.resume(),
  'silent',
)
