import { percentile } from '../stats/percentile.ts'
import type { NightLine } from './night.ts'

/** How long a scenario needs to recover from a kind of fault. */
export interface HeatCell {
  scenario: string
  fault: string
  nights: number
  p50Ms: number
  p99Ms: number
  asked: number
  witnessed: number
}

/** Returns a cell for each scenario and kind of fault that met in these nights. A scenario with several kinds counts for each of them. Pure. */
export function heatCells(lines: readonly NightLine[]): HeatCell[] {
  const met = lines.flatMap((line) => line.faults.map((fault) => ({ line, fault })))
  const groups = Map.groupBy(met, ({ line, fault }) => JSON.stringify([line.scenario, fault.kind]))
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, list]) => cellOf(list))
}

function cellOf(list: readonly { line: NightLine; fault: NightLine['faults'][number] }[]): HeatCell {
  const recoveries = list.flatMap(({ line: { recoveryMs } }) => (recoveryMs === null ? [] : [recoveryMs]))
  const sum = (of: 'asked' | 'witnessed') => list.reduce((total, { fault }) => total + fault[of], 0)
  return {
    scenario: list[0]!.line.scenario,
    fault: list[0]!.fault.kind,
    nights: list.length,
    p50Ms: percentile(recoveries, 0.5),
    p99Ms: percentile(recoveries, 0.99),
    asked: sum('asked'),
    witnessed: sum('witnessed'),
  }
}
