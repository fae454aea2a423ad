import type { Random } from '../platform/random.ts'
import type { ShippedDefect } from './defects.ts'

/** Returns one defect for each checker in each scenario that a header names, drawn by chance, in the order of the list. Pure (FI-18). */
export function drawDefects(defects: readonly ShippedDefect[], random: Random): ShippedDefect[] {
  const groups = Map.groupBy(defects, ({ header }) => `${header.scenario} ${header.checker}`)
  const drawn = new Set([...groups.values()].map((group) => random.pick(group)))
  return defects.filter((one) => drawn.has(one))
}
