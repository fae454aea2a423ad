import { type FaultFactory, said } from './fault.ts'

/** Puts the time of day of one node wrong; a token that it signs shows it (FI-10). */
export const clockSkew: FaultFactory = (cluster, target, { skewMs }) => {
  const look = async (expectedMs: number) => {
    const aheadMs = (await cluster.node(target).signedAtS()) * 1_000 - cluster.clock.now()
    return said(Math.abs(aheadMs - expectedMs) <= 2_000, `${target} signs for a time ${aheadMs} ms from ours`)
  }
  return {
    inject: () => cluster.node(target).clock.skew(Number(skewMs)),
    witnessOn: () => look(Number(skewMs)),
    heal: () => cluster.node(target).clock.skew(0),
    witnessOff: () => look(0),
  }
}
