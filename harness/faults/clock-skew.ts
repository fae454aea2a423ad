import type { ClusterNode } from '../cluster/node.ts'
import { systemClock } from '../platform/clock.ts'
import { type FaultKind, numberOption, seen, unseen } from './fault.ts'

const toleranceMs = 2_000

/** What a node believes the time is: it writes it into every token that it signs. */
async function aheadMs({ directUrl }: ClusterNode): Promise<number> {
  const page = await (await fetch(`${directUrl}/hello`)).text()
  const [, body] = /window\.authToken = "[^".]+\.([^".]+)\./.exec(page) ?? []
  if (!body) throw new Error('the demo page holds no token')
  const { iat } = JSON.parse(Buffer.from(body, 'base64url').toString()) as { iat: number }
  return iat * 1_000 - systemClock.now()
}

/** Puts the time of day of one node wrong; a token that it signs for a page shows it (FI-10, NF-22). */
export const clockSkew: FaultKind = (cluster, target, options) => {
  const node = cluster.node(target)
  const skewMs = numberOption(options, 'skewMs')
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
}
