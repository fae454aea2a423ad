import type { RunResult } from '../verdict/result.ts'

/** Returns only the verdict document; a list of them when a run was repeated. */
export const json = (runs: readonly RunResult[]): string =>
  `${JSON.stringify(runs.length === 1 ? runs[0] : runs, null, 2)}\n`
