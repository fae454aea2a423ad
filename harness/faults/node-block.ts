import { systemClock } from '../platform/clock.ts'
import { aNode } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { drawNode, withOptions } from './draws.ts'
import { witnessWithin } from './fault.ts'
import { portIs } from './node-witness.ts'
import { optionsOf, positiveMilliseconds } from './options.ts'

const backWithinMs = 15_000
/** The silence that is waited for has to fit into the block, on a busy machine too. */
const silentMost = 1 / 4
const silentMostMs = 500

/** Connections are taken and nothing answers. It ends by itself (FI-11). */
export const nodeBlock = defineFault({
  kind: 'node.block',
  title: 'keeps the event loop of a node busy',
  endsConnections: true,
  aim: aNode,
  options: optionsOf({ forMs: positiveMilliseconds('for how long') }),
  create(cluster, target, { forMs }) {
    const node = cluster.node(target)
    const withinMs = Math.min(silentMostMs, silentMost * forMs)
    return {
      inject: async () => void (await node.control.block(forMs)),
      witnessOn: () => witnessWithin(forMs, () => portIs(node, ['silent'], { withinMs }), systemClock),
      heal: async () => {},
      witnessOff: () => witnessWithin(forMs + backWithinMs, () => portIs(node, ['answered']), systemClock),
    }
  },
  explains: () => ({ at: 'node' }),
  drawn: { ways: [withOptions(drawNode, { forMs: 2_000 })] },
  simulated: true,
})
