import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ControlResult } from '../../../harness/compare/control.ts'
import type { ComparisonDocument } from '../../../harness/compare/document.ts'
import { squall } from './support.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-compare-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('a comparison as small as it gets', () => {
  it('prints one document, and draws the page from it', { timeout: 400_000 }, async () => {
    const size = ['--quick', '--blocks', '3', '--seconds', '1', '--rate', '200', '--seed', '5']
    const { out } = await squall(['compare', 'sync-async', ...size, '--json', '--out', folder])
    const document = JSON.parse(out) as ComparisonDocument
    expect(document).toMatchObject({ comparison: 'sync-async', seed: 5, margin: 0.05, blocks: 3, capacity: null })
    // On a busy machine no verdict is certain; that each is one of these, and fits its interval, is.
    if (document.verdict === 'unknown') expect(document.interval).toBeNull()
    else expect(document.interval!.ratio.low).toBeLessThanOrEqual(document.interval!.ratio.high)
    expect(document.pairs).toHaveLength(3)
    expect(document.gates.map(({ name }) => name)).toEqual([
      'achieved',
      'event-loop',
      'connections',
      'lag-p50',
      'steady',
      'blocks',
    ])
    const figures = Object.fromEntries(document.hazards.map((one) => [one.name, one]))
    expect(figures['replies out of order']!.first!.value).toBe(0)
    expect(figures['replies out of order']!.second!.value).toBeGreaterThan(0)
    expect(figures['lost back-pressure']!.first!.value).toBe(1)
    expect(figures['lost back-pressure']!.second!.value).toBeGreaterThan(1)
    expect(figures['work after the client left']!.second!.value).toBeGreaterThan(
      figures['work after the client left']!.first!.value,
    )
    expect(readFileSync(join(folder, 'compare-sync-async-5.html'), 'utf8')).toContain('What it costs besides time')
    expect(existsSync(join(folder, 'compare-sync-async-5.json'))).toBe(true)
  })

  it('says in one sentence which arm does not start, and ends with 69', { timeout: 200_000 }, async () => {
    const { code, err } = await squall([
      'compare',
      '--target',
      'http://127.0.0.1:9',
      '--target',
      'http://127.0.0.1:10',
      '--quick',
      '--rate',
      '10',
      '--out',
      folder,
    ])
    expect(code).toBe(69)
    // The seed decides which of them is tried first.
    expect(err).toMatch(
      /^squall: the arm http:\/\/(127\.0\.0\.1:\d+) cannot be reached: \1\/work_socket: connect ECONNREFUSED \1\n$/,
    )
  })
})

describe('a control of the instrument, as small as it gets', () => {
  it('compares what is known, and its exit code is what it found', { timeout: 400_000 }, async () => {
    const size = ['--times', '1', '--planted', '1', '--blocks', '3', '--seconds', '1', '--seed', '3']
    const { code, out } = await squall(['compare', 'control', ...size, '--json', '--out', folder])
    const { outcome, rows } = JSON.parse(out) as ControlResult
    expect(code).toBe({ passed: 0, failed: 1, unknown: 2 }[outcome])
    expect(rows.map(({ kind }) => kind).sort()).toEqual(['planted', 'same'])
    for (const { verdict, ratio } of rows) expect(ratio === null).toBe(verdict === 'unknown')
    expect(JSON.parse(readFileSync(join(folder, 'compare-control-3.json'), 'utf8'))).toMatchObject({ seed: 3, outcome })
  })
})
