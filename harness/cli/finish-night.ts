import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { cpus, platform, release, totalmem } from 'node:os'
import { join, relative } from 'node:path'
import type { NightLine } from '../nightly/night.ts'
import { nightPage } from '../nightly/night-page.ts'
import { exitCodeOfNight, linesOfStages, type NightReport, standingsAfter } from '../nightly/night-report.ts'
import { nightSummary } from '../nightly/night-summary.ts'
import { nightText } from '../nightly/night-text.ts'
import { stagePlans } from '../nightly/stages.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { codeOf } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { catalogueIds } from '../runner/catalogue.ts'

type Ended = Pick<
  NightReport,
  'night' | 'seed' | 'commit' | 'budgetMs' | 'durationMs' | 'stages' | 'shard' | 'missingShards' | 'unendedShards'
> & {
  environment?: NightReport['environment'] | undefined
  /** Of a night that was merged: whether one of its shards was interrupted. */
  interrupted?: boolean
  folder: string
  history: readonly NightLine[]
  json: boolean
}

/** Judges a night after the nights before it, writes its three files, and prints what a terminal has room for. */
export function finishNight({ folder, history, json, ...night }: Ended, io: Io): NightReport {
  const standings = standingsAfter(history, night.stages)
  const signal = io.interruption.by()
  const interruptedCode = signal ? codeOf(signal) : night.interrupted ? exitCodes.interrupted : undefined
  const report: NightReport = {
    schemaVersion: 1,
    ...night,
    interrupted: interruptedCode !== undefined,
    exitCode: exitCodeOfNight({
      ...{
        stages: night.stages,
        standings,
        missingShards: [...(night.missingShards ?? []), ...(night.unendedShards ?? [])],
      },
      mustFinish: stagePlans.filter(({ mustFinish }) => mustFinish).map(({ name }) => name),
      ...(interruptedCode !== undefined && { interruptedCode }),
    }),
    standings,
    catalogue: coverage(night, io.root),
    environment: night.environment ?? environmentOf(io.root),
  }
  const all = [...history.filter((line) => line.night !== night.night), ...linesOfStages(night.stages)]
  const summary = nightSummary(report, all)
  mkdirSync(folder, { recursive: true })
  write(join(folder, 'summary.md'), summary)
  write(join(folder, 'report.html'), nightPage(report, all))
  // The last one: a folder that has it is a night that has ended.
  write(join(folder, 'nightly.json'), documentOf(report))
  io.out(json ? documentOf(report) : nightText(report, join(relative(io.cwd, folder), 'report.html')))
  return report
}

const documentOf = (report: NightReport) => `${JSON.stringify(report, null, 2)}\n`

function write(file: string, text: string) {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

function coverage({ stages }: Pick<NightReport, 'stages'>, root: string): NightReport['catalogue'] {
  const known = catalogueIds(root) ?? new Set<string>()
  const covered = new Set(stages.flatMap(({ covers }) => covers))
  return { covered: [...covered].filter((id) => known.has(id)).length, of: known.size }
}

const environmentOf = (root: string): NightReport['environment'] => ({
  squall: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
  node: process.version,
  platform: `${platform()} ${release()}`,
  cpus: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
})
