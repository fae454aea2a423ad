import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../../harness/verdict/result.ts'
import { type ForeignSystem, startForeignSystem } from '../../fixtures/foreign/start.ts'

const root = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))

let system: ForeignSystem
beforeAll(async () => {
  system = await startForeignSystem()
}, 60_000)
afterAll(async () => {
  await system.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function squall(...words: string[]): Promise<RunResult> {
  const flags = ['run', '--driver', 'remote', '--target', system.targetFile, '--out', folder, '--json']
  const ended = await promisify(execFile)(join(root, 'squall'), [...flags, ...words]).catch((error) => error)
  return JSON.parse(ended.stdout)
}

const outcomesOf = ({ scenarios }: RunResult) => Object.fromEntries(scenarios.map(({ id, outcome }) => [id, outcome]))

/** Three nodes of a system that was not written on ours: it has the channels of HelloSockets and none of our private habits. */
describe('a system that is not ours', { timeout: 180_000 }, () => {
  it('is judged by what it promises: nothing is violated, and what it does not show is left out with the reason', async () => {
    const ids = ['channels/dedupe', 'channels/hello-tour', 'channels/link-reset', 'channels/refused-connections']
    ids.push('channels/pushes-across-cuts')
    const run = await squall(...ids)
    expect(outcomesOf(run)).toEqual(Object.fromEntries(ids.map((id) => [id, 'passed'])))
    const notJudged = run.scenarios.flatMap((one) => (one.notJudged ?? []).map(({ name, why }) => `${name}: ${why}`))
    expect(notJudged).toContain('views-match-fresh-render: the system has no application store')
    expect(notJudged).toContain('pushes-handled-once: no node shows how many pushes it has handled')
    expect(notJudged).toContain(
      'every refusal is in the log, and no token is: the system does not promise logsRefusals',
    )
  })

  it('is skipped with the most telling reason where it offers too little', async () => {
    const run = await squall('channels/connection-dropped', 'channels/two-transports', 'channels/channel-killed')
    expect(run.skipped).toEqual([
      {
        id: 'channels/channel-killed',
        why: 'the scenario needs the application store, and the target has none, or no command that puts it back',
      },
      {
        id: 'channels/connection-dropped',
        why: 'the control port of n1 does not offer POST /connections/drop (it answers 404)',
      },
      { id: 'channels/two-transports', why: 'the scenario is about longPolls, which the target does not promise' },
    ])
  })

  it('has nodes and links between them that break in their own way: a cut is witnessed by what the proxy counts', async () => {
    const run = await squall('--scenarios', join(root, 'test/fixtures/foreign/scenarios'))
    const ids = ['cut-between-nodes', 'cut-one-way', 'nodes-down'].map((name) => `foreign/${name}`)
    expect(outcomesOf(run)).toEqual(Object.fromEntries(ids.map((id) => [id, 'passed'])))
    const faults = run.scenarios.flatMap((one) => one.faults)
    expect(faults.map(({ kind }) => kind)).toEqual([
      ...['link.cut', 'link.reset', 'link.cut-one-way'],
      ...['node.kill', 'node.stop', 'node.pause'],
    ])
    expect(faults.every(({ witnessedOnMs, witnessedOffMs }) => witnessedOnMs !== null && witnessedOffMs !== null)).toBe(
      true,
    )
  })
})
