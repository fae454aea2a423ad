import type { Coverage } from './coverage.ts'
import { executes, sizeOf } from './executed.ts'
import type { Mutant } from './mutant.ts'

/** A scenario whose run executed the place of a mutant, and how soon it should be asked. */
export interface Witness {
  id: string
  durationMs: number
}

/**
 * The scenarios that ran the changed place, the most promising first: those that spend a large share of what they execute on this file are
 * about it, those that take long cost the others their turn. Pure.
 */
export function witnessesOf({ path, edit }: Mutant, source: string, recorded: readonly Coverage[]): Witness[] {
  return recorded
    .filter(({ executed }) => executes(executed, path, edit, source))
    .map((one) => ({ id: one.id, durationMs: one.durationMs, promise: promiseOf(one, path) }))
    .sort((a, b) => b.promise - a.promise || a.durationMs - b.durationMs || (a.id < b.id ? -1 : 1))
    .map(({ id, durationMs }) => ({ id, durationMs }))
}

/** Of what is executed, how much is this file, for each second that it takes. Pure. */
function promiseOf({ executed, durationMs }: Coverage, path: string): number {
  const all = Object.values(executed).reduce((sum, pieces) => sum + sizeOf(pieces), 0)
  const share = all === 0 ? 0 : sizeOf(executed[path]) / all
  return share / Math.max(1_000, durationMs)
}
