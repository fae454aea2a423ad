import type { ClusterNode } from '../cluster/node.ts'
import { NotSupported } from '../platform/errors.ts'
import { type CanaryResult, canary } from './canary.ts'
import { seen, unseen, type Witness } from './fault.ts'

/** Asks the port of a node directly, not through a link. A node without a web server still has its control port. */
export async function portIs(
  node: ClusterNode,
  expected: readonly CanaryResult['answer'][],
  options: { withinMs?: number } = {},
): Promise<Witness> {
  const { answer } = await canary(node.hasWeb ? node.port : node.controlPort, options)
  const said = `the port of ${node.name} is ${answer}`
  return expected.includes(answer) ? seen(said) : unseen(said)
}

/** Whether a node is ready again; one without a control port, whether it answers. */
export async function isBack(node: ClusterNode): Promise<Witness> {
  const state = await node.control.ready().catch((error: Error) => error)
  if (state instanceof NotSupported) return portIs(node, ['answered'])
  if (state instanceof Error) return unseen(`${node.name} does not answer: ${state.message}`)
  return state.ready ? seen(`${node.name} is ready`) : unseen(`${node.name} answers but is not ready`)
}
