import { figureOf } from '../../stats/figures.ts'
import type { Demand, Reading } from '../bench.ts'
import { isClientBound, perCpuSecond, ratioOf } from '../rates-of-slices.ts'
import type { Slice } from '../slices.ts'

interface Bounds {
  goal: number
  gate: number
}

/** Rates of a server per second of CPU time and per second of wall-clock time. */
export const ratesOf = (who: string, slices: readonly Slice[], unit: string): Reading[] => [
  { what: `${who}, by its processor`, unit: `${unit}/cpu-s`, ...figureOf(slices.map(perCpuSecond)) },
  {
    what: `${who}, by the clock`,
    unit: `${unit}/s`,
    ...figureOf(slices.map(({ messages, seconds }) => messages / seconds)),
  },
]

/** Compares our server with a peer by CPU time; unmeasured when the load client could not keep up with our server. */
export function ratioDemand(what: string, ours: readonly Slice[], peers: readonly Slice[], bounds: Bounds): Demand {
  const figure = ratioOf(ours, peers)
  const base = { what, unit: 'times', ...bounds }
  if (!figure) return { ...base, median: 0, least: 0, most: 0, unmeasured: 'no message arrived' }
  if (isClientBound(ours)) return { ...base, ...figure, unmeasured: 'the load client was the limit, not the server' }
  return { ...base, ...figure }
}
