import { systemClock } from '../platform/clock.ts'
import { type FaultKind, numberOption, witnessWithin } from './fault.ts'
import { portIs } from './node-faults.ts'

const backWithinMs = 15_000
/** The silence that is waited for has to fit into the block, on a busy machine too. */
const silentMost = 1 / 4
const silentMostMs = 500

/** Keeps the event loop of one node busy for `forMs`: connections are taken and nothing answers. It ends by itself (FI-11). */
export const nodeBlock: FaultKind = (cluster, target, options) => {
  const node = cluster.node(target)
  const forMs = numberOption(options, 'forMs')
  const withinMs = Math.min(silentMostMs, silentMost * forMs)
  return {
    inject: async () => void (await node.control.block(forMs)),
    witnessOn: () => witnessWithin(forMs, () => portIs(node, ['silent'], { withinMs }), systemClock),
    heal: async () => {},
    witnessOff: () => witnessWithin(forMs + backWithinMs, () => portIs(node, ['answered']), systemClock),
  }
}
