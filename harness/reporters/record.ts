import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { HistoryEvent } from '../history/operation.ts'
import { UsageError } from '../platform/errors.ts'
import { linesOf } from '../platform/lines.ts'
import { type RunResult, runSchemaVersion } from '../verdict/result.ts'
import { killedRun, type RunPlan } from './killed-run.ts'

/** Everything a report may use: the verdict and the history of one run, as stored on disk. */
export interface RunRecord {
  run: RunResult
  eventsOf(scenarioId: string): readonly HistoryEvent[]
  /** Returns a log, trace or picture by its path below the run's folder; undefined when it is not there. */
  read(path: string): Uint8Array | undefined
  has(path: string): boolean
  /** Whether the last line of the history is truncated. */
  isTorn: boolean
}

/** Reads a run's folder. Throws UsageError when it is not a run's folder or has another schema version. */
export function readRecord(folder: string): RunRecord {
  const file = join(folder, 'verdict.json')
  if (!existsSync(file)) return readKilled(folder)
  const run = readVerdict(file)
  const version: number = run.schemaVersion
  if (version !== runSchemaVersion)
    throw new UsageError(
      `${folder} was recorded in version ${version} of the format, and this squall reads version ${runSchemaVersion}; run it again`,
    )
  const { lines, isTorn } = readHistory(join(folder, 'history.ndjson'))
  const byScenario = Map.groupBy(lines, ({ scenario }) => scenario)
  return { run, isTorn, eventsOf: (id) => byScenario.get(id) ?? [], ...filesOf(folder) }
}

/** Reads only the verdict of a run. Throws UsageError like `readRecord`. */
export const readRun = (folder: string): RunResult => readRecord(folder).run

/** Returns whether a folder was written by a run, finished or not. */
export const isRunFolder = (folder: string): boolean =>
  ['verdict.json', 'history.ndjson', 'schedule.json'].some((name) => existsSync(join(folder, name)))

function readKilled(folder: string): RunRecord {
  const file = join(folder, 'run.json')
  if (!existsSync(file))
    throw new UsageError(`${folder} is no run: there is neither a verdict.json nor a run.json in it`)
  const { lines, isTorn } = readHistory(join(folder, 'history.ndjson'))
  const byScenario = Map.groupBy(lines, ({ scenario }) => scenario)
  return {
    run: killedRun(readPlan(file), byScenario, folder),
    isTorn,
    eventsOf: (id) => byScenario.get(id) ?? [],
    ...filesOf(folder),
  }
}

/** Whoever edits a verdict may not make a report show other files of the machine. */
function filesOf(folder: string): Pick<RunRecord, 'read' | 'has'> {
  const isInside = (path: string) => !relative(folder, join(folder, path)).startsWith('..')
  const has = (path: string) => isInside(path) && existsSync(join(folder, path))
  return { has, read: (path) => (has(path) ? readFileSync(join(folder, path)) : undefined) }
}

function readPlan(file: string): RunPlan {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunPlan
  } catch (error) {
    throw new UsageError(`${file} is damaged: ${(error as Error).message}`)
  }
}

function readVerdict(file: string): RunResult {
  try {
    const run = JSON.parse(readFileSync(file, 'utf8')) as RunResult | null
    if (typeof run === 'object' && run !== null && 'schemaVersion' in run && Array.isArray(run.scenarios)) return run
  } catch (error) {
    throw new UsageError(`${file} is damaged: ${(error as Error).message}`)
  }
  throw new UsageError(`${file} is no verdict of a run: it has no schemaVersion, or no list of scenarios`)
}

function readHistory(file: string) {
  if (existsSync(file)) return readLines<HistoryEvent & { scenario: string }>(file)
  throw new UsageError(`${file} is missing; without its history a run cannot be judged or shown again`)
}

/** Returns the lines of an NDJSON file, without the last one if it is truncated because the harness was killed. Throws UsageError for any other damage. */
export function readLines<T>(file: string): { lines: T[]; isTorn: boolean } {
  const lines: T[] = []
  let [number, isTorn] = [0, false]
  for (const { line, isComplete } of existsSync(file) ? linesOf(file) : []) {
    number += 1
    if (line === '') continue
    try {
      lines.push(JSON.parse(line) as T)
    } catch (error) {
      if (isComplete) throw new UsageError(`${file} is damaged in line ${number}: ${(error as Error).message}`)
      isTorn = true
    }
  }
  return { lines, isTorn }
}

/** Returns a warning that a record is truncated, or undefined when it is complete. */
export const tornLine = ({ isTorn }: RunRecord): string | undefined =>
  isTorn
    ? 'the last line of history.ndjson is torn, because the run was killed while it wrote it; the line is left out\n'
    : undefined
