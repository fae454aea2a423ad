import { systemClock } from '../platform/clock.ts'
import { canary } from './canary.ts'
import { type Fault, type FaultKind, seen, unseen, witnessWithin } from './fault.ts'

const goneWithinMs = 3_000
const backWithinMs = 20_000

/** The common shape of what happens to a whole node: its port tells, asked directly and not through a link. */
function nodeFault(
  hit: (node: Parameters<typeof isBack>[0]) => Promise<void> | void,
  mend: (node: Parameters<typeof isBack>[0]) => Promise<void> | void,
  expected: 'refused' | 'silent',
): FaultKind {
  return (cluster, target): Fault => {
    const node = cluster.node(target)
    // A node without a web server still has its control port.
    const port = node.hasWeb ? node.port : node.controlPort
    const look = async () => {
      const { answer } = await canary(port)
      return answer === expected
        ? seen(`the port of ${target} is ${answer}`)
        : unseen(`the port of ${target} is ${answer}`)
    }
    return {
      inject: async () => hit(node),
      witnessOn: () => witnessWithin(goneWithinMs, look, systemClock.sleep),
      heal: async () => mend(node),
      witnessOff: () => witnessWithin(backWithinMs, () => isBack(node), systemClock.sleep),
    }
  }
}

async function isBack(node: import('../drivers/node.ts').ClusterNode) {
  const state = await node.control.ready().catch((error: Error) => error)
  if (state instanceof Error) return unseen(`${node.name} does not answer: ${state.message}`)
  return state.ready ? seen(`${node.name} is ready`) : unseen(`${node.name} answers but is not ready`)
}

const restart = async (node: import('../drivers/node.ts').ClusterNode) => {
  if (!node.running) await node.start()
}

/** SIGKILL: no goodbye. Healed by starting it again on the same ports (FI-2). */
export const nodeKill = nodeFault((node) => node.kill(), restart, 'refused')
/** SIGTERM: the node drains and ends (FI-2). */
export const nodeStop = nodeFault(async (node) => void (await node.terminate()), restart, 'refused')
/** SIGSTOP: connections are accepted and nothing answers (FI-11). */
export const nodePause = nodeFault(
  (node) => node.pause(),
  (node) => node.resume(),
  'silent',
)
