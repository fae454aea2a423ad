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

  const settings = { facts: { night: '2026-03-01T02:00:00.000Z', commit: null }, seed: 7, folder: 'reports' }
  const alone = { ...settings, shard: undefined }

  it('leaves the loads out where there is no k6, and says so', async () => {
    const report = await performStage('load', 60_000, { ...alone, io: { ...io, env: { PATH: '' } } })
    expect(report).toEqual(expect.objectContaining({ end: 'not-run', exitCode: 0 }))
    expect(report.summary).toContain('needs k6')
  })

  it('is cut short, and has not failed, when a signal ends what it was doing', async () => {
    const interruption = { by: () => 'SIGINT' as const, onStop: () => {} }
    const env = { PATH: process.env.PATH, SQUALL_K6: '/bin/false' }
    const report = await performStage('load', 60_000, { ...alone, io: { ...io, env, root: '/nowhere', interruption } })
    expect([report.end, report.exitCode, report.summary]).toEqual(['cut-short', 0, 'the night was interrupted'])
  })

  it('leaves a comparison out that has no time, and those of all shards but the first', async () => {
    const short = await performStage('compare', 60_000, { ...alone, io })
    expect([short.end, short.summary]).toEqual(['not-run', 'a comparison needs 330 s'])
    const second = await performStage('compare', 600_000, { ...settings, shard: { number: 2, of: 2 }, io })
    expect([second.end, second.summary]).toEqual(['completed', 'the first shard makes it'])
  })

  it('is complete on a shard that has none of its scenarios', async () => {
    const report = await performStage('corpus', 60_000, { ...settings, shard: { number: 99, of: 99 }, io })
    expect([report.end, report.exitCode, report.summary]).toEqual(['completed', 0, 'there is no scenario for it'])
  })

  it('runs the loads that are the share of its shard, by the verb', async () => {
    const env = { PATH: process.env.PATH, SQUALL_K6: '/bin/false' }
    const root = '/nowhere'
    const report = await performStage('load', 60_000, {
      ...settings,
      shard: { number: 2, of: 2 },
      io: { ...io, env, root },
    })
    expect([report.end, report.exitCode]).toEqual(['failed', 69])
    expect(report.summary).toContain('the pages are not built')
  })
})
