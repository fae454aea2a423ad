import { openChannels } from '../clients/channels.ts'
import type { ClusterNode } from '../cluster/node.ts'
import { systemClock } from '../platform/clock.ts'
import { type FaultKind, numberOption, seen, unseen, witnessWithin } from './fault.ts'
import { addedLatencyMs, type Pair, witnessAddedLatency } from './latency-witness.ts'

const probedHandler = 'PingChannel.ping'
const quickWithinMs = 3_000

/** Delays one handler of one node; a probe push of the harness's own, on a connection of its own, feels it (FI-11). */
export const handlerSlow: FaultKind = (cluster, target, options) => {
  const node = cluster.node(target)
  const delayMs = numberOption(options, 'delayMs')
  const handler = String(options.handler ?? probedHandler)
  const leastMs = 0.8 * delayMs
  let beforeMs = 0
  const probe = () => probePush(node, delayMs * 2 + 2_000)
  if (handler !== probedHandler)
    throw new Error(`handler.slow can be witnessed on ${probedHandler} only, and this is ${handler}`)

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
}

/**
 * Joins `ping`, pushes once, and returns how long the reply took, and that to a heartbeat that was sent right behind it: whatever holds
 * up the node or its connection is felt by both.
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
    const [tookMs, besideMs] = await Promise.all([answerMs('ping:probe', 'ping'), answerMs('phoenix', 'heartbeat')])
    return { tookMs, besideMs }
  } finally {
    cancel()
    connection.close()
  }
}
