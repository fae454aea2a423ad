import { z } from 'zod'
import { openChannels } from '../clients/channels.ts'
import type { ClusterNode } from '../cluster/node.ts'
import { systemClock } from '../platform/clock.ts'
import { aNode } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { drawNode, withOptions } from './draws.ts'
import { seen, unseen, witnessWithin } from './fault.ts'
import { addedLatencyMs, type Pair, witnessAddedLatency } from './latency-witness.ts'
import { milliseconds, optionsOf } from './options.ts'

/** The only handler that a push of the harness's own can reach. */
const probedHandler = 'PingChannel.ping'
const quickWithinMs = 3_000
const mostOfIt = 0.8

/** A push on a connection of the harness's own feels it (FI-11). */
export const handlerSlow = defineFault({
  kind: 'handler.slow',
  title: 'one handler of a node takes longer',
  endsConnections: true,
  aim: aNode,
  options: optionsOf({
    delayMs: milliseconds('how much longer each call takes'),
    handler: z.enum([probedHandler]).meta({ description: 'which handler' }).default(probedHandler),
  }),
  create(cluster, target, { delayMs, handler }) {
    const node = cluster.node(target)
    const leastMs = mostOfIt * delayMs
    let beforeMs = 0
    const probe = () => probePush(node, delayMs * 2 + 2_000)
    const look = () => probe().catch((error: Error) => `a push is not answered: ${error.message}`)
    async function isQuick() {
      const found = await look()
      if (typeof found === 'string') return unseen(found)
      const said = `a push takes ${found.tookMs.toFixed(0)} ms`
      return found.tookMs < leastMs ? seen(said) : unseen(said)
    }
    return {
      async inject() {
        beforeMs = addedLatencyMs([await probe()])
        await node.control.delay(handler, delayMs)
      },
      witnessOn: () => witnessAddedLatency(look, { what: 'a push', leastMs, beforeMs, enough: 2 }, systemClock),
      heal: async () => void (await node.control.delay(handler, 0)),
      witnessOff: () => witnessWithin(quickWithinMs, isQuick, systemClock),
    }
  },
  drawn: { ways: [withOptions(drawNode, { delayMs: 800 })] },
  simulated: 'a simulated handler takes no time',
})

/**
 * Joins `ping`, pushes once, and returns how long the reply took, and that to a heartbeat sent right behind it as the control probe:
 * whatever holds up the node or its connection delays both.
 */
async function probePush(node: ClusterNode, withinMs: number): Promise<Pair> {
  const connection = await openChannels(node.port, '/socket')
  const cancel = systemClock.after(withinMs, connection.close)
  try {
    await connection.join('ping:probe')
    const startedMs = systemClock.monotonicMs()
    const answerMs = async (topic: string, event: string) => {
      await connection.ask(topic, event, {})
      return systemClock.monotonicMs() - startedMs
    }
    const [tookMs, controlMs] = await Promise.all([answerMs('ping:probe', 'ping'), answerMs('phoenix', 'heartbeat')])
    return { tookMs, controlMs }
  } finally {
    cancel()
    connection.close()
  }
}
