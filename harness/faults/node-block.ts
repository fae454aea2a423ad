import { systemClock } from '../platform/clock.ts'
import { canary } from './canary.ts'
import { type FaultKind, numberOption, seen, unseen, witnessWithin } from './fault.ts'

const backWithinMs = 15_000

/** Keeps the event loop of one node busy for `forMs`: connections are taken and nothing answers. It ends by itself (FI-11). */
export const nodeBlock: FaultKind = (cluster, target, options) => {
  const node = cluster.node(target)
  const forMs = numberOption(options, 'forMs')
  const port = node.hasWeb ? node.port : node.controlPort
  const look = async (expected: 'silent' | 'answered') => {
    const { answer } = await canary(port)
    const said = `the port of ${target} is ${answer}`
    return answer === expected ? seen(said) : unseen(said)
  }
  return {
    inject: async () => void (await node.control.block(forMs)),
    witnessOn: () => witnessWithin(forMs, () => look('silent'), systemClock.sleep),
    heal: async () => {},
    witnessOff: () => witnessWithin(forMs + backWithinMs, () => look('answered'), systemClock.sleep),
  }
}
