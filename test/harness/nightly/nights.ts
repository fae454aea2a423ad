import { join } from 'node:path'
import type { NightReport, StageReport } from '../../../harness/nightly/night-report.ts'
import { readRun } from '../../../harness/reporters/record.ts'
import { aLine, nightOf } from './lines.ts'

export const fixtureRun = () => readRun(join(import.meta.dirname, '../reporters/fixture'))

export const aStage = (own: Partial<StageReport> = {}): StageReport => ({
  ...{ name: 'acceptance', end: 'completed', exitCode: 0, durationMs: 60_000, summary: 'Passed.' },
  ...{ findings: [], leaks: [], lines: [], covers: [] },
  ...own,
})

export const aNight = (own: Partial<NightReport> = {}): NightReport => ({
  ...{ schemaVersion: 1, night: nightOf(0), seed: '0x5eed', commit: 'c1', budgetMs: 1_800_000, durationMs: 600_000 },
  ...{
    interrupted: false,
    exitCode: 0,
    standings: [],
    catalogue: { covered: 80, of: 100 },
    environment: { node: 'v24' },
  },
  stages: [aStage({ lines: [aLine()] })],
  ...own,
})
