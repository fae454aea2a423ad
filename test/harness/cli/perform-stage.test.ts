import { describe, expect, it } from 'vitest'
import { performStage } from '../../../harness/cli/perform-stage.ts'
import type { StageName } from '../../../harness/nightly/stages.ts'
import { systemClock } from '../../../harness/platform/clock.ts'
import type { Io } from '../../../harness/platform/io.ts'

const io: Io = {
  ...{ out: () => {}, err: () => {}, isTty: false, clock: systemClock, cwd: process.cwd(), root: process.cwd() },
  env: { SQUALL_BROWSER: '/no/browser' },
  interruption: { by: () => undefined, onStop: () => {} },
}

describe('a stage of a night', () => {
  it.each<StageName>(['acceptance', 'corpus', 'selftest', 'explore'])(
    '%s that lacks a browser fails with a sentence and 69, and does not end the night',
    async (name) => {
      const facts = { night: '2026-03-01T02:00:00.000Z', commit: null }
      const report = await performStage(name, 60_000, { facts, seed: 7, shard: undefined, folder: 'reports', io })
      expect(report).toEqual(expect.objectContaining({ name, end: 'failed', exitCode: 69 }))
      expect(report.summary).toContain('SQUALL_BROWSER names /no/browser')
    },
  )
})
