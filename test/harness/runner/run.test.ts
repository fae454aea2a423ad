import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scenariosFor } from '../../../harness/index.ts'
import { EnvironmentMissing, UsageError } from '../../../harness/platform/errors.ts'
import { multiplex } from '../../../harness/reporters/multiplexer.ts'
import { runAll } from '../../../harness/runner/run.ts'
import type { RunEnvironment } from '../../../harness/runner/run-environment.ts'

const { scenario, step, after } = scenariosFor()

let out: string
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterAll(() => rmSync(out, { recursive: true }))

const example = (id: string) =>
  scenario({
    id: `test/${id}`,
    title: id,
    invariant: 'It is there.',
    covers: ['AT-1'],
    steps: [step('look', async () => {})],
    expectations: [after(1, 'it is there', async (context) => void context.cluster.node('n1'))],
  })

/** Machines of which nothing starts. */
const environmentThat = (error: Error) =>
  ({
    workFolder: join(out, 'work'),
    leases: { list: () => [] },
    clusters: { start: () => Promise.reject(error) },
    driver: 'process',
    apps: [],
  }) as unknown as RunEnvironment

const run = (error: Error) =>
  runAll({
    suite: 'test',
    scenarios: [example('one'), example('two')],
    seed: 7,
    nodes: 1,
    jobs: 1,
    headed: false,
    out,
    reporter: multiplex({}, () => {}),
    interruptedBy: () => undefined,
    environment: environmentThat(error),
  })

describe('what is found out in the middle of a run', () => {
  it.each([
    [69, new EnvironmentMissing('the browser does not start')],
    [64, new UsageError('there is no fault link.cutt')],
  ])('ends it with %i, and is the reason', async (code, error) => {
    const result = await run(error)
    // Which of the two begins depends on how long they took last time.
    expect([result.exitCode, result.scenarios.length]).toEqual([code, 1])
    expect(result.scenarios[0]!.checks[0]).toMatchObject({
      name: 'scenario-completed',
      outcome: 'unknown',
      why: `provision: ${error.message}`,
    })
  })

  it('is the fault of one scenario where it is none of the machine', async () => {
    const result = await run(new Error('n1 did not answer'))
    expect([result.exitCode, result.scenarios.length]).toEqual([2, 2])
  })
})

it('says from its beginning what it is, for the case that it is killed', async () => {
  const { folder } = await run(new Error('no'))
  const file = join(process.cwd(), folder.replaceAll("'", ''), 'run.json')
  expect(existsSync(file)).toBe(true)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    suite: 'test',
    seed: '0x7',
    nodes: 1,
    driver: 'process',
    defects: [],
    owner: { pid: process.pid },
  })
})
