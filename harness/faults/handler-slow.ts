import { openChannels } from '../drivers/channels.ts'
import type { ClusterNode } from '../drivers/node.ts'
import { systemClock } from '../platform/clock.ts'
import { type FaultKind, numberOption, seen, unseen, witnessWithin } from './fault.ts'

const probedHandler = 'PingChannel.ping'

/** Delays one handler of one node; a probe push of the harness's own, on a connection of its own, feels it (FI-11). */
export const handlerSlow: FaultKind = (cluster, target, options) => {
  const node = cluster.node(target)
  const delayMs = numberOption(options, 'delayMs')
  const handler = String(options.handler ?? probedHandler)
  let beforeMs = 0
  const probe = () => probePushMs(node, delayMs * 2 + 2_000)
  if (handler !== probedHandler)
    throw new Error(`handler.slow can be witnessed on ${probedHandler} only, and this is ${handler}`)
  return {
    async inject() {
      beforeMs = await probe()
      await node.control.delay(handler, delayMs)
    },
    async witnessOn() {
      const tookMs = await probe()
      const said = `a push takes ${tookMs.toFixed(0)} ms, before ${beforeMs.toFixed(0)} ms`
      return tookMs - beforeMs >= 0.8 * delayMs ? seen(said) : unseen(said)
    },
    heal: async () => void (await node.control.delay(handler, 0)),
    witnessOff: () =>
      witnessWithin(
        3_000,
        async () => {
          const tookMs = await probe()
          return tookMs < 0.8 * delayMs
            ? seen(`a push takes ${tookMs.toFixed(0)} ms`)
            : unseen(`a push still takes ${tookMs.toFixed(0)} ms`)
        },
        systemClock,
      ),
  }
}

/** Joins `ping`, pushes once, and answers how long the reply took. */
async function probePushMs(node: ClusterNode, withinMs: number): Promise<number> {
  const connection = await openChannels(node.port, '/socket')
  const cancel = systemClock.after(withinMs, connection.close)
  try {
    await connection.join('ping:probe')
    const pushedMs = systemClock.monotonicMs()
    await connection.ask('ping:probe', 'ping', {})
    return systemClock.monotonicMs() - pushedMs
  } finally {
    cancel()
    connection.close()
  }
}
