import { describe, expect, it } from 'vitest'
import { runStages } from '../../../harness/nightly/run-stages.ts'
import { ofShard, reserveMs, stagePlans } from '../../../harness/nightly/stages.ts'
import { aStage } from './nights.ts'

const minuteMs = 60_000

/** Performs every stage in simulated time; `usedShare` is what each uses of its time. */
async function night(budgetMs: number, usedShare: number, own: Partial<Parameters<typeof runStages>[0]> = {}) {
  let nowMs = 5_000
  const given: [string, number][] = []
  const reports = await runStages({
    budgetMs,
    clock: { monotonicMs: () => nowMs },
    isInterrupted: () => false,
    isWanted: () => true,
    kept: new Map(),
    async perform(name, stageMs) {
      given.push([name, stageMs])
      nowMs += usedShare * stageMs
      return aStage({ name })
    },
    onStage: () => {},
    ...own,
  })
  return { reports, given, tookMs: nowMs - 5_000 }
}

describe('the stages of a night', () => {
  it('come in their order, and leave time for the end', async () => {
    const { given, tookMs } = await night(30 * minuteMs, 1)
    expect(given.map(([name]) => name)).toEqual(stagePlans.map(({ name }) => name))
    expect(tookMs).toBeLessThanOrEqual(30 * minuteMs - reserveMs(30 * minuteMs))
  })

  it('give what they do not use to those after them', async () => {
    const last = async (share: number) => (await night(30 * minuteMs, share)).given.at(-1)![1]
    expect(await last(0.1)).toBeGreaterThan(5 * (await last(1)))
  })

  it('are not begun when too little time is left, and that is said', async () => {
    const { reports, given } = await night(2 * minuteMs, 1)
    expect(given.length).toBeLessThan(stagePlans.length)
    expect(reports.map(({ name }) => name)).toEqual(stagePlans.map(({ name }) => name))
    expect(reports.at(-1)).toEqual(
      aStage({ ...reports.at(-1), end: 'not-run', summary: expect.stringContaining('used up') }),
    )
  })

  it('are those that somebody asked for, and the others say so', async () => {
    const { reports, given } = await night(30 * minuteMs, 1, { isWanted: (name) => name === 'corpus' })
    expect(given.map(([name]) => name)).toEqual(['corpus'])
    expect([reports[0]!.end, reports[0]!.summary]).toEqual(['not-run', 'nobody asked for it'])
  })

  it('are not begun after an interruption', async () => {
    const { reports, given } = await night(30 * minuteMs, 1, { isInterrupted: () => true })
    expect(given).toEqual([])
    expect(new Set(reports.map(({ end }) => end))).toEqual(new Set(['not-run']))
  })

  it('are not done twice when a night is resumed', async () => {
    const kept = aStage({ summary: 'done before' })
    const { reports, given } = await night(30 * minuteMs, 1, { kept: new Map([['acceptance', kept]]) })
    expect(reports[0]).toBe(kept)
    expect(given[0]![0]).toBe('corpus')
  })
})

describe('shards', () => {
  it('have everything once', () => {
    const list = Array.from({ length: 10 }, (_, index) => index)
    const parts = [1, 2, 3].map((number) => ofShard(list, { number, of: 3 }))
    expect(parts.flat().sort((a, b) => a - b)).toEqual(list)
    expect(parts[0]).toEqual([0, 3, 6, 9])
    expect(ofShard(list, undefined)).toEqual(list)
  })
})
