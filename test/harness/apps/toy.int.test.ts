import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HarnessApp } from '../../../harness/app.ts'
import { multiplex } from '../../../harness/reporters/multiplexer.ts'
import { runAll } from '../../../harness/runner/run.ts'
import type { Scenario } from '../../../harness/scenario.ts'
import { apps, scenariosFor } from '../../fixtures/toy/harness/index.ts'
import applause from '../../fixtures/toy/harness/scenario.ts'

/** An application that the product does not know: two folders and a line in each list, and nothing else. */
let out: string
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterAll(() => rmSync(out, { recursive: true, force: true }))

const run = (scenario: Scenario, known: readonly HarnessApp[] = Object.values(apps)) =>
  runAll({
    suite: 'toy',
    scenarios: [scenario],
    apps: known,
    seed: 7,
    nodes: 2,
    jobs: 1,
    headed: false,
    out,
    reporter: multiplex({}, () => {}),
    interruptedBy: () => undefined,
  })

const findings = ({ scenarios: [first] }: Awaited<ReturnType<typeof run>>) =>
  Object.fromEntries(first!.checks.map(({ name, outcome, why }) => [name, `${outcome}: ${why}`]))

describe('an application of somebody else', { timeout: 120_000 }, () => {
  it('runs on the nodes, is used by its own client, and is judged by its own checker', async () => {
    const result = await run(applause)
    expect([result.outcome, result.leaks]).toEqual(['passed', []])
    expect(findings(result)).toMatchObject({
      expectations: 'passed: 1 expectation met',
      'claps-counted': 'passed: 2 nodes show 4 claps',
    })
  })

  it('is caught when a node loses a clap', async () => {
    const { step, scenario } = scenariosFor('toy')
    const lost = scenario({
      ...applause,
      id: 'toy/restarted',
      steps: [
        step('clap, and lose it', async (context) => {
          await (await context.fan('ann', 'n1')).clap()
          await using _kill = await context.nemesis.inject('node.kill', 'n2')
        }),
      ],
      expectations: [],
    })
    const result = await run(lost)
    expect(result.outcome).toBe('violated')
    expect(findings(result)['claps-counted']).toBe('violated: miscounted: n2 shows 0, and 1 of 1 were answered')
  })

  it('is missed by a run that does not know it, which says so', async () => {
    const result = await run(
      applause,
      Object.values(apps).filter(({ name }) => name !== 'toy'),
    )
    expect(result.outcome).toBe('unknown')
    expect(findings(result)['scenario-completed']).toBe(
      'unknown: provision: the scenario needs the application toy; this run knows store, hello, spa, talk, workshop',
    )
  })
})
