import { openChannels } from '../drivers/channels.ts'
import type { ClusterNode } from '../drivers/node.ts'
import { systemClock } from '../platform/clock.ts'
import { askBeside, slowestMs, timed } from './beside.ts'
import { type FaultKind, numberOption, seen, unseen, witnessWithin } from './fault.ts'

const probedHandler = 'PingChannel.ping'
const slowWithinMs = 2_000
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

  async function isSlow() {
    const { tookMs, besideMs } = await probe()
    const said = `a push takes ${tookMs.toFixed(0)} ms, before ${beforeMs.toFixed(0)} ms, heartbeats beside it ${besideMs.toFixed(0)} ms`
    return tookMs - Math.max(beforeMs, besideMs) >= leastMs ? seen(said) : unseen(said)
  }
  async function isQuick() {
    const { tookMs } = await probe()
    const said = `a push takes ${tookMs.toFixed(0)} ms`
    return tookMs < leastMs ? seen(said) : unseen(said)
  }
  return {
    async inject() {
      beforeMs = (await probe()).tookMs
      await node.control.delay(handler, delayMs)
    },
    witnessOn: () => witnessWithin(slowWithinMs, isSlow, systemClock),
    heal: async () => void (await node.control.delay(handler, 0)),
    witnessOff: () => witnessWithin(quickWithinMs, isQuick, systemClock),
  }
}

/** Joins `ping`, pushes once, and answers how long the reply took, and the slowest heartbeat of the same connection meanwhile. */
async function probePush(node: ClusterNode, withinMs: number): Promise<{ tookMs: number; besideMs: number }> {
  const connection = await openChannels(node.port, '/socket')
  const cancel = systemClock.after(withinMs, connection.close)
  const ask = (topic: string, event: string) => timed(connection.ask(topic, event, {}), systemClock)
  try {
    await connection.join('ping:probe')
    const push = ask('ping:probe', 'ping')
    const heartbeats = await askBeside(push, () => ask('phoenix', 'heartbeat'), systemClock)
    return { tookMs: (await push).tookMs, besideMs: slowestMs(heartbeats) }
  } finally {
    cancel()
    connection.close()
  }
}
