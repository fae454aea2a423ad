import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NightReport, StageReport } from './night-report.ts'
import { notRun } from './stage-reports.ts'
import { type Shard, stagePlans } from './stages.ts'

/** `night.json`: what a night began with, so that it can be resumed. */
export interface Begun {
  night: string
  seed: string
  commit: string | null
  shard?: Shard
  budgetMs: number
  /** The process that does it; its pid and start time. */
  owner: { pid: number; stamp: string | undefined }
}

const fileOf = (folder: string) => join(folder, 'night.json')

/** Returns what the night in a folder began with; undefined where there is none. */
export const readBegun = (folder: string): Begun | undefined =>
  existsSync(fileOf(folder)) ? (JSON.parse(readFileSync(fileOf(folder), 'utf8')) as Begun) : undefined

export const writeBegun = (folder: string, begun: Begun) => writeWhole(fileOf(folder), begun)

/** Keeps what a stage of a night has found. */
export const writeStage = (folder: string, report: StageReport) =>
  writeWhole(join(folder, 'stages', `${report.name}.json`), report)

/** A night that is killed meanwhile leaves the file as it was, and not half of it. */
function writeWhole(file: string, value: unknown) {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`)
  renameSync(`${file}.new`, file)
}

/** Returns the reports of the stages that a night has written so far. */
export function readStages(folder: string): StageReport[] {
  const stages = join(folder, 'stages')
  const names = existsSync(stages) ? readdirSync(stages).filter((name) => name.endsWith('.json')) : []
  return names.map((name) => JSON.parse(readFileSync(join(stages, name), 'utf8')) as StageReport)
}

/** Returns the report of a night that was killed: its stages up to then, and that it did not end. Pure. */
export function unendedNight(
  { night, seed, commit, shard, budgetMs }: Begun,
  written: readonly StageReport[],
): NightReport {
  const stages = stagePlans.map(
    ({ name }) => written.find((one) => one.name === name) ?? notRun(name, 'the night did not end'),
  )
  return {
    ...{ schemaVersion: 1, night, seed, commit, ...(shard && { shard }), budgetMs, stages },
    durationMs: stages.reduce((sum, stage) => sum + stage.durationMs, 0),
    ...{ interrupted: false, ended: false, exitCode: 0, standings: [] },
    ...{ catalogue: { covered: 0, of: 0 }, environment: {} },
  }
}
