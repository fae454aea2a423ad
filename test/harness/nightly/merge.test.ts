import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Begun, writeBegun, writeStage } from '../../../harness/nightly/begun-night.ts'
import { readNights } from '../../../harness/nightly/history-file.ts'
import { mergeNights } from '../../../harness/nightly/merge-nights.ts'
import type { StageReport } from '../../../harness/nightly/night-report.ts'
import { squall } from '../cli/support.ts'
import { aLine, nightOf } from './lines.ts'
import { aNight, aStage } from './nights.ts'

const folder = mkdtempSync(join(tmpdir(), 'squall-merge-'))
afterAll(() => rmSync(folder, { recursive: true }))

const shard = (number: number, of: number, own: Parameters<typeof aNight>[0] = {}) =>
  aNight({
    shard: { number, of },
    night: nightOf(number),
    stages: [
      aStage({ lines: [aLine({ night: nightOf(number), scenario: `store/part-${number}` })], covers: ['CH-1'] }),
      aStage({ name: 'selftest', detectors: { live: number, of: 3 } }),
    ],
    ...own,
  })

describe('shards of a night', () => {
  it('become one night that has everything once', () => {
    const merged = mergeNights([shard(2, 2), shard(1, 2)])
    expect(merged.night).toBe(nightOf(1))
    expect(merged.missingShards).toEqual([])
    expect(merged.stages.map(({ name }) => name)).toEqual(['acceptance', 'selftest'])
    expect(merged.stages[0]!.lines.map(({ scenario, night }) => [scenario, night])).toEqual([
      ['store/part-2', nightOf(1)],
      ['store/part-1', nightOf(1)],
    ])
    expect(merged.stages[0]!.covers).toEqual(['CH-1'])
    expect(merged.stages[1]!.detectors).toEqual({ live: 3, of: 6 })
  })

  it('say once what all of them say, and else who says what', () => {
    const summaryOf = (...summaries: string[]) =>
      mergeNights(summaries.map((summary, index) => shard(index + 1, 2, { stages: [aStage({ summary })] }))).stages[0]!
        .summary
    expect(summaryOf('no time', 'no time')).toBe('no time')
    expect(summaryOf('3 passed', '4 passed')).toBe('1/2: 3 passed · 2/2: 4 passed')
  })

  it('that are missing are named', () => {
    expect(mergeNights([shard(1, 3)]).missingShards).toEqual(['2/3', '3/3'])
  })

  it('that do not belong together are refused', () => {
    expect(() => mergeNights([shard(1, 2), shard(1, 2)])).toThrow('1/2 is there twice')
    expect(() => mergeNights([shard(1, 2), shard(2, 2, { seed: '0x1' })])).toThrow('their seed is 0x5eed and 0x1')
    expect(() => mergeNights([shard(1, 2), shard(2, 2, { commit: 'c2' })])).toThrow('their commit is c1 and c2')
  })
})

describe('squall merge', () => {
  const history = join(folder, 'nights.ndjson')
  const written = (name: string, document: unknown) => {
    mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(join(folder, name, 'nightly.json'), JSON.stringify(document))
    return join(folder, name)
  }
  const merge = (...words: string[]) =>
    squall(['merge', ...words, '--history', history, '--out', join(folder, 'whole')])

  it('writes one report and appends the night to the history', async () => {
    const { code, out } = await merge(written('one', shard(1, 2)), written('two', shard(2, 2)))
    expect(out).toContain('✓ Passed: 2 scenarios held every invariant.')
    expect(code).toBe(0)
    expect(readNights(history).lines.map(({ scenario }) => scenario)).toEqual(['store/part-1', 'store/part-2'])
    for (const name of ['nightly.json', 'summary.md', 'report.html'])
      expect(readFileSync(join(folder, 'whole', name), 'utf8')).toContain('store/part-1')
  })

  it('says that a shard was interrupted, beside what failed, and that the night is not in the history', async () => {
    const line = aLine({ night: nightOf(4), outcome: 'violated', fingerprint: 'a: b', scenario: 'store/broke' })
    const failing = shard(1, 2, { night: nightOf(4), stages: [aStage({ lines: [line] })] })
    const before = readNights(history).lines
    const { code, out, err } = await merge(
      written('failing', failing),
      written('interrupted', shard(2, 2, { night: nightOf(4), interrupted: true })),
    )
    expect([code, out.split('\n')[0]]).toEqual([
      1,
      expect.stringMatching(/^✗ Failed: 1 failure, first store\/broke, new .* Interrupted: the report is partial\.$/),
    ])
    expect(err).toBe('squall: a shard was interrupted, so that the night is not appended to the history\n')
    expect(readNights(history).lines).toEqual(before)
  })

  const killed = (name: string, own: Partial<Begun>, ...stages: StageReport[]) => {
    const place = join(folder, name)
    mkdirSync(join(place, 'stages'), { recursive: true })
    writeBegun(place, {
      ...{ night: nightOf(2), seed: '0x5eed', commit: 'c1', budgetMs: 60_000 },
      ...{ owner: { pid: 1, stamp: undefined }, ...own },
    })
    for (const stage of stages) writeStage(place, stage)
    // Half a file, from the moment at which it was killed.
    writeFileSync(join(place, 'stages', 'corpus.json.new'), '{')
    return place
  }

  it('takes from a shard that was killed what it had found', async () => {
    const line = aLine({ night: nightOf(2), outcome: 'violated', fingerprint: 'a: b', scenario: 'store/found' })
    const other = written('first', shard(1, 2))
    const found = killed('second', { shard: { number: 2, of: 2 } }, aStage({ lines: [line] }))
    const { code, out } = await merge(other, found)
    expect([code, out]).toEqual([1, expect.stringContaining('first store/found, new')])
    const nothing = await merge(other, killed('third', { shard: { number: 2, of: 2 } }))
    expect(nothing.code).toBe(124)
    expect(nothing.out).toContain('Incomplete: shard 2/2 did not end, acceptance was not run')
  })

  it('makes a report of a whole night that was killed', async () => {
    const { code, out } = await merge(killed('fourth', {}, aStage({ lines: [aLine()] })))
    expect([code, out]).toEqual([124, expect.stringContaining('Incomplete: the night did not end')])
    expect(readFileSync(join(folder, 'whole/report.html'), 'utf8')).toContain('the night did not end')
  })

  it('calls a failure new, then recurring, then fixed', async () => {
    const nightWith = (number: number, outcome: 'violated' | 'passed') => {
      const fingerprint = outcome === 'violated' ? 'a: b' : null
      const line = aLine({
        night: nightOf(number),
        outcome,
        fingerprint,
        commit: `c${number}`,
        scenario: 'store/new-one',
      })
      return written(
        `night-${number}`,
        aNight({ night: nightOf(number), commit: `c${number}`, stages: [aStage({ lines: [line] })] }),
      )
    }
    const first = await merge(nightWith(10, 'violated'))
    expect([first.code, first.out]).toEqual([1, expect.stringContaining('store/new-one, new')])
    const second = await merge(nightWith(11, 'violated'))
    expect([second.code, second.out]).toEqual([1, expect.stringContaining('recurring since 2026-03-11')])
    const third = await merge(nightWith(12, 'passed'), '--json')
    expect(third.code).toBe(0)
    expect(JSON.parse(third.out).standings[0].name).toBe('fixed')
  })

  it.each([
    [['merge', '/nowhere'], '/nowhere is no night: there is no nightly.json in it'],
    [
      ['nightly', '--shard', '3/2'],
      '--shard takes the number of a shard and how many there are, such as 2/4; got "3/2"',
    ],
    [['nightly', '--resume', '--out', '/nowhere'], 'there is no night to resume in /nowhere'],
  ])('%s is refused with one sentence', async (words, sentence) => {
    const { code, err } = await squall(words)
    expect(err).toContain(sentence)
    expect(code).toBe(64)
  })
})
