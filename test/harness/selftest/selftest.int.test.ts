import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadAll } from '../../../harness/runner/scenario-files.ts'
import { readDefect } from '../../../harness/selftest/defect.ts'
import { runSelftest, type SelftestProgress } from '../../../harness/selftest/selftest.ts'
import type { RunResult } from '../../../harness/verdict/result.ts'

/** Anybody's diffs on real clusters (FI-18). */
const root = process.cwd()
let out = ''
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterAll(() => rmSync(out, { recursive: true, force: true }))

const fixture = (name: string) => readDefect(join(root, 'test/fixtures/defects', `${name}.diff`), name)
const notLoaded = () => {
  const file = join(out, 'not-loaded.diff')
  const path = 'system/apps/store/db/setup.ts'
  const first = readFileSync(path, 'utf8').split('\n')[0]!
  const head = `scenario: cluster/broadcast\n\n--- a/${path}\n+++ b/${path}\n`
  writeFileSync(file, `${head}@@ -1,1 +1,2 @@\n ${first}\n+export const unused = 1\n`)
  return readDefect(file, 'not-loaded')
}

async function run(names: string[], more: readonly ReturnType<typeof readDefect>[], suiteIds: string[]) {
  const scenarios = await loadAll(root)
  const progress: SelftestProgress[] = []
  const result = await runSelftest({
    defects: [...names.map(fixture), ...more],
    scenarios,
    suite: suiteIds.map((id) => scenarios.find((one) => one.id === id)!),
    checkTypes: true,
    root,
    seed: 7,
    jobs: 2,
    out,
    interruptedBy: () => undefined,
    onProgress: (one) => progress.push(one),
  })
  return { result, progress }
}

describe('the self-test with diffs of anybody', () => {
  it('says of each what became of it, in their order, and is quiet without them', async () => {
    const names = ['item-as-text', 'local-broadcast-leaves-the-node', 'made-for-another-version', 'newest-item-last']
    const suite = ['corpus/bought-while-cut-off', 'cluster/broadcast', 'cart/one-server']
    const { result, progress } = await run([...names, 'removal-keeps-the-wrong-item'], [notLoaded()], suite)
    const outcomes = result.defects.map(({ id, outcome, scenario }) => [id, outcome, scenario])
    expect(outcomes).toEqual([
      ['item-as-text', 'does-not-type-check', null],
      ['local-broadcast-leaves-the-node', 'caught', 'corpus/bought-while-cut-off'],
      ['made-for-another-version', 'does-not-apply', null],
      ['newest-item-last', 'survived', 'cart/one-server'],
      ['removal-keeps-the-wrong-item', 'caught', 'cart/one-server'],
      ['not-loaded', 'unknown', 'cluster/broadcast'],
    ])
    expect(result.defects.at(-1)!.finding).toContain('no node has loaded system/apps/store/db/setup.ts')
    expect(progress.flatMap((one) => (one.kind === 'defect' ? one.result : []))).toEqual(result.defects)
    expect([result.falseAlarms, result.cleanScenarios, result.canary, result.leaks]).toEqual([0, 3, 'caught', []])
    const verdict = JSON.parse(readFileSync(join(result.defects[1]!.folder!, 'verdict.json'), 'utf8')) as RunResult
    expect([verdict.defects, verdict.scenarios.map(({ id }) => id)]).toEqual([[names[1]], suite.slice(0, 1)])
  }, 240_000)

  it('starts nothing when none can be used', async () => {
    const { result } = await run(['item-as-text', 'made-for-another-version'], [], [])
    expect(result.defects.map(({ outcome }) => outcome)).toEqual(['does-not-type-check', 'does-not-apply'])
    expect([result.cleanScenarios, result.canary]).toEqual([0, 'not run'])
  }, 60_000)
})
