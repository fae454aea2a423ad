import type { RunResult } from '../runner/result.ts'
import type { Reporter } from './reporter.ts'

/** The verdict document, and nothing else. */
export const json = (run: RunResult): string => `${JSON.stringify(run, null, 2)}\n`

export const jsonReporter = (writeResult: (text: string) => void): Reporter => ({
  onRunEnd: (run) => writeResult(json(run)),
})
