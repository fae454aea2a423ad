import { reasons } from '../reporters/format.ts'
import type { ScenarioResult } from '../verdict/result.ts'
import type { ScenarioRun } from './run-scenario.ts'

interface Attempts {
  /** How often a scenario that was violated may run again. */
  retries: number
  /** Takes the number of the attempt, from 1. */
  attempt(number: number): Promise<ScenarioRun>
  goesOn(): boolean
}

/**
 * Runs a scenario again while it is violated. What failed and then passed is `flaky`: its result is that of the attempt that failed, which is
 * the one to look at, with a list of all attempts.
 */
export async function withRetries({ retries, attempt, goesOn }: Attempts): Promise<ScenarioRun> {
  const first = await attempt(1)
  if (first.result.outcome !== 'violated') return first
  const results = [first.result]
  while (results.length <= retries && results.at(-1)!.outcome !== 'passed' && goesOn())
    results.push((await attempt(results.length + 1)).result)
  return results.length === 1 ? first : { ...first, result: resultOfAll(results) }
}

function resultOfAll(results: readonly ScenarioResult[]): ScenarioResult {
  const [first] = results
  return {
    ...first!,
    outcome: results.at(-1)!.outcome === 'passed' ? 'flaky' : 'violated',
    attempts: results.map((one) => ({
      outcome: one.outcome,
      durationMs: one.durationMs,
      why: reasons(one)[0] ?? null,
    })),
  }
}
