import { exitCodes } from '../platform/exit-codes.ts'
import type { NightLine } from './night.ts'
import type { Shard, StageName } from './stages.ts'
import { type Standing, standingsOf } from './standing.ts'

/** How a stage ended. `cut-short`: its time was over before its work was. */
export type StageEnd = 'completed' | 'cut-short' | 'not-run' | 'failed'

/** Something that a stage found, with the command that shows it again. */
export interface Finding {
  title: string
  why: string
  command: string
  /** Where more of it is, from the folder of the night. */
  page?: string
}

export interface StageReport {
  name: StageName
  end: StageEnd
  exitCode: number
  durationMs: number
  /** What it did, in one sentence. */
  summary: string
  /** What makes the night fail, except for scenarios, which have lines of their own. */
  findings: Finding[]
  leaks: string[]
  lines: NightLine[]
  /** Ids of the catalogue that its scenarios cover. */
  covers: string[]
  /** Paths from the folder of the night; a merged night has none, because its shards are elsewhere. */
  pages?: string[]
  detectors?: { live: number; of: number }
  mutants?: { caught: number; of: number }
}

/** `nightly.json`: the truth of a night; the other files are derived from it and from the history. */
export interface NightReport {
  schemaVersion: 1
  night: string
  seed: string
  /** With a mark when the working copy was changed. */
  commit: string | null
  budgetMs: number
  durationMs: number
  shard?: Shard
  /** Shards that a merged night lacks. */
  missingShards?: string[]
  /** Shards that were killed: what they wrote before is here. */
  unendedShards?: string[]
  /** Only of a night that was killed. */
  ended?: false
  interrupted: boolean
  exitCode: number
  stages: StageReport[]
  standings: Standing[]
  catalogue: { covered: number; of: number }
  environment: Record<string, string | number>
}

export const linesOfStages = (stages: readonly StageReport[]): NightLine[] => stages.flatMap(({ lines }) => lines)

/** Returns how every scenario of the night stands after the nights before it; a night that is in the history already counts once. Pure. */
export function standingsAfter(history: readonly NightLine[], stages: readonly StageReport[]): Standing[] {
  const tonight = linesOfStages(stages)
  const night = tonight[0]?.night
  return standingsOf([...history.filter((line) => line.night !== night), ...tonight])
}

interface Ending {
  stages: readonly StageReport[]
  standings: readonly Standing[]
  interruptedCode?: number
  /** Names of stages that have to be complete. */
  mustFinish: readonly StageName[]
  missingShards?: readonly string[]
}

const violatedCode = exitCodes.violated as number

/** Returns the exit code of a night: what is proven outranks what is missing, and what is missing outranks what is in doubt. Pure. */
export function exitCodeOfNight({
  stages,
  standings,
  interruptedCode,
  mustFinish,
  missingShards = [],
}: Ending): number {
  if (standings.some(({ isFailure }) => isFailure)) return exitCodes.violated
  if (stages.some(({ findings, exitCode }) => findings.length > 0 || exitCode === violatedCode))
    return exitCodes.violated
  if (interruptedCode !== undefined) return interruptedCode
  const broken = stages.find(({ end }) => end === 'failed')
  if (broken) return broken.exitCode
  if (missingShards.length > 0 || stages.some(({ name, end }) => mustFinish.includes(name) && end !== 'completed'))
    return exitCodes.budget
  const codes = stages.map(({ exitCode }) => exitCode)
  if (standings.some(({ name }) => name === 'unknown') || codes.includes(exitCodes.unknown)) return exitCodes.unknown
  if (stages.some(({ leaks }) => leaks.length > 0)) return exitCodes.leaked
  if (standings.some(({ name }) => name === 'flaky' || name === 'intermittent')) return exitCodes.flaky
  return codes.includes(exitCodes.regression) ? exitCodes.regression : exitCodes.passed
}
