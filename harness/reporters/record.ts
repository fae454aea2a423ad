import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HistoryEvent } from '../history/operation.ts'
import { UsageError } from '../platform/errors.ts'
import { type RunResult, runSchemaVersion } from '../verdict/result.ts'

/** All that a report may be made of: the verdict and the history of one run, as they are on disk. */
export interface RunRecord {
  run: RunResult
  eventsOf(scenarioId: string): readonly HistoryEvent[]
}

export function toRecord(run: RunResult, history: readonly (HistoryEvent & { scenario: string })[]): RunRecord {
  const byScenario = Map.groupBy(history, ({ scenario }) => scenario)
  return { run, eventsOf: (id) => byScenario.get(id) ?? [] }
}

/** Reads a run's folder. Throws UsageError when it is none, or one of another version. */
export function readRecord(folder: string): RunRecord {
  const file = join(folder, 'verdict.json')
  if (!existsSync(file)) throw new UsageError(`${folder} is not a finished run: there is no verdict.json in it`)
  const run = JSON.parse(readFileSync(file, 'utf8')) as RunResult
  const version: number = run.schemaVersion
  if (version !== runSchemaVersion)
    throw new UsageError(
      `${folder} was recorded in version ${version} of the format, and this squall reads version ${runSchemaVersion}; run it again`,
    )
  return toRecord(run, readLines<HistoryEvent & { scenario: string }>(join(folder, 'history.ndjson')))
}

/** The lines of an NDJSON file; the last one may be torn when the harness died while it wrote, and is left out then. */
export function readLines<T>(file: string): T[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  return lines.flatMap((line, index) => {
    if (line === '') return []
    try {
      return [JSON.parse(line) as T]
    } catch (error) {
      if (index >= lines.length - 1) return []
      throw new Error(`${file} is damaged in line ${index + 1}: ${(error as Error).message}`)
    }
  })
}
