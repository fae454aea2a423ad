import type { ClusterNode } from '../../cluster/node.ts'
import { readRanMs } from '../../platform/pressure.ts'
import { inMostRounds } from '../finding.ts'
import type { Finding } from '../lab.ts'

/** Ms for which the main thread of a node has had a processor; NaN where the system does not count it. */
export const ranMsOf = ({ pid }: Pick<ClusterNode, 'pid'>): number =>
  (pid === undefined ? undefined : readRanMs(pid)) ?? Number.NaN

/** Of the processor time of two sides that took turns, as the ratio of each round. */
export function inCountedRounds(ratios: readonly number[], holds: (ratio: number) => boolean, saw: string): Finding {
  if (!ratios.every(Number.isFinite))
    return { outcome: 'unknown', saw: 'nothing', why: 'the system does not count processor time' }
  return inMostRounds(ratios.map(holds), saw)
}
