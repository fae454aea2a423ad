import type { ClusterNode } from '../cluster/node.ts'
import { systemClock } from '../platform/clock.ts'
import { aNode } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { type Draw, drawNode } from './draws.ts'
import { seen, unseen } from './fault.ts'
import { anyMilliseconds, optionsOf } from './options.ts'

const toleranceMs = 2_000

/** What a node believes the time is: it writes it into every token that it signs. */
async function aheadMs({ directUrl }: ClusterNode): Promise<number> {
  const page = await (await fetch(`${directUrl}/hello`)).text()
  const [, body] = /window\.authToken = "[^".]+\.([^".]+)\./.exec(page) ?? []
  if (!body) throw new Error('the demo page holds no token')
  const { iat } = JSON.parse(Buffer.from(body, 'base64url').toString()) as { iat: number }
  return iat * 1_000 - systemClock.now()
}

const drawSkew: Draw = (random, targets) => ({
  ...drawNode(random, targets),
  options: { skewMs: random.pick([-90_000, 90_000]) },
})

/** Witnessed by a token that the node signs for a page (FI-10, NF-22). */
export const clockSkew = defineFault({
  kind: 'clock.skew',
  title: 'sets the time of day of a node wrong',
  aim: aNode,
  options: optionsOf({ skewMs: anyMilliseconds('how far ahead of the true time; negative: behind') }),
  create(cluster, target, { skewMs }) {
    const node = cluster.node(target)
    const look = async (expectedMs: number) => {
      const foundMs = await aheadMs(node)
      const said = `${target} signs for a time that is ${Math.round(foundMs / 1_000)} s from ours`
      return Math.abs(foundMs - expectedMs) <= toleranceMs ? seen(said) : unseen(said)
    }
    return {
      inject: async () => void (await node.control.skewClock(skewMs)),
      witnessOn: () => look(skewMs),
      heal: async () => void (await node.control.skewClock(0)),
      witnessOff: () => look(0),
    }
  },
  drawn: { ways: [drawSkew] },
  simulated: true,
})
