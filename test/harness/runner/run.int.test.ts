import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FinalStock } from '../../../harness/apps/store/checkers/stock.ts'
import { joinedTopics, nodesAgreeWithDatabase, type ScenarioContext, scenariosFor } from '../../../harness/index.ts'
import { scheduleShape } from '../../../harness/plans/schedule.ts'
import { multiplex } from '../../../harness/reporters/multiplexer.ts'
import { type RunOptions, runAll } from '../../../harness/runner/run.ts'
import { openRunEnvironment } from '../../../harness/runner/run-environment.ts'
import type { Scenario } from '../../../harness/scenario.ts'
import { patchFor } from '../../../harness/selftest/defects.ts'
import type { RunResult } from '../../../harness/verdict/result.ts'

const { scenario, step, after } = scenariosFor()

/** The life of a run, from its start to its exit code, on real clusters of one node (AT-1..AT-3). */
const root = process.cwd()
let out: string
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterAll(() => rmSync(out, { recursive: true, force: true }))

const run = (scenarios: readonly Scenario[], options: Partial<RunOptions> = {}): Promise<RunResult> =>
  runAll({
    suite: 'test',
    scenarios,
    seed: 7,
    nodes: 1,
    jobs: 1,
    pubsub: 'mesh',
    headed: false,
    out,
    reporter: multiplex({}, () => {}),
    interruptedBy: () => undefined,
    ...options,
  })

const latest = () => join(out, readlinkSync(join(out, 'latest')))
const document = (name: string) => JSON.parse(readFileSync(join(latest(), name), 'utf8'))
const checksOf = ({ scenarios: [first] }: RunResult) =>
  Object.fromEntries(first!.checks.map(({ name, outcome, why }) => [name, `${outcome}: ${why}`]))

const example = (id: string, own: Partial<Omit<Scenario, 'apps'>> = {}): Scenario =>
  scenario({
    id: `test/${id}`,
    title: id,
    invariant: 'A client that joins is joined.',
    covers: ['AT-1'],
    steps: [
      step('join', async (context) => {
        await (await context.client('carol', 'n1')).join(context.choose('topic', ['ping', 'ping:a', 'ping:b']))
      }),
    ],
    expectations: [
      after(1, 'one topic is joined', async (context) => expect(context.clients()[0]!.joins().joined).toHaveLength(1)),
    ],
    checkers: [joinedTopics],
    ...own,
  })

/** What runs make for themselves; other tests have folders of their own. */
const foldersOfRuns = () => readdirSync(tmpdir()).filter((name) => /^squall-(?!test-|leases)/.test(name))

describe('a run', () => {
  it('that holds every invariant passes, says so in every file and leaves nothing', async () => {
    const before = foldersOfRuns()
    const result = await run([example('fine')])
    expect([result.outcome, result.exitCode, result.leaks]).toEqual(['passed', 0, []])
    expect(checksOf(result)['nothing-left-behind']).toMatch(/^passed/)
    expect(document('verdict.json')).toEqual(JSON.parse(JSON.stringify(result)))
    expect(scheduleShape.parse(document('schedule.json')).scenarios[0]!.entries).toMatchObject([
      { kind: 'choice', name: 'topic' },
    ])
    const phases = ['provision', 'steady-state', 'steps', 'heal', 'settle', 'final-reads', 'judge', 'clean-up']
    expect(result.scenarios[0]!.phases.map(({ name }) => name)).toEqual(phases)
    expect(foldersOfRuns().filter((name) => !before.includes(name))).toEqual([])
  })

  it('shares its run environment with another run of the same scenario, and only the one with the defect fails (FI-18)', async () => {
    const environment = await openRunEnvironment({ seed: 7, headed: false })
    const crash = (context: ScenarioContext) => context.clients()[0]!.ask('ping', 'nobody handles this', {}, 500)
    const seenEvents = example('shared', {
      steps: [
        step('join', async (context) => (await context.client('carol', 'n1')).join('ping')),
        step('crash', async (context) => {
          context.provoke('an event that nobody handles crashes the channel', ['carol'])
          await crash(context)
        }),
      ],
      expectations: [
        after(2, 'the client was told', (context) =>
          context.until('it is told', 1_000, () => context.recorder.events.some(({ event }) => event === 'phx_error')),
        ),
      ],
    })
    const [clean, broken] = await Promise.all([
      run([seenEvents], { environment }),
      run([seenEvents], { environment, suite: 'df-10', patch: await patchFor(['DF-10'], { root, cwd: root }) }),
    ])
    expect([clean.outcome, broken.outcome]).toEqual(['passed', 'violated'])
    expect(clean.folder).not.toBe(broken.folder)
    expect(await environment.close()).toEqual([])
    expect(existsSync(environment.workFolder)).toBe(false)
  })

  it('gives each scenario ports and a fresh seed of its own, whatever others have sold (AT-4, ST-64)', async () => {
    const environment = await openRunEnvironment({ seed: 7, headed: false })
    const store = scenariosFor('store')
    const seen: { ports: unknown[]; stock: FinalStock }[] = []
    const sale = Promise.withResolvers<FinalStock>()
    const look = async ({ cluster, readStock }: ScenarioContext<'store'>) => {
      const ports = [Number(new URL(cluster.database.url).port), cluster.node('n1').port]
      seen.push({ ports, stock: await readStock() })
    }
    const sellAll = async ({ release, reduce, readStock }: ScenarioContext<'store'>) => {
      for (const id of [1, 2]) await release('n1', id)
      await reduce('n1')
      sale.resolve(await readStock())
    }
    const shop = (id: string, steps: ReturnType<typeof store.step>[]) =>
      store.scenario({
        id: `test/${id}`,
        title: id,
        invariant: 'What is sold in one scenario is in stock in another.',
        covers: ['AT-4'],
        steps,
        expectations: [],
        checkers: [nodesAgreeWithDatabase],
      })
    const lookAfterSale = store.step('look after the sale', (context) => sale.promise.then(() => look(context)))
    const selling = shop('selling', [store.step('look', look), store.step('sell everything', sellAll)])
    const atOnce = await run([selling, shop('beside', [lookAfterSale])], { environment, jobs: 2 })
    const afterwards = await run([shop('later', [lookAfterSale])], { environment })
    expect(await environment.close()).toEqual([])
    const ends = [...atOnce.scenarios, ...afterwards.scenarios].flatMap(({ checks }) =>
      checks.filter(({ name, outcome }) => name === 'scenario-completed' && outcome !== 'passed'),
    )
    expect(ends).toEqual([])
    const [first, beside, later] = seen
    expect([beside!.stock, later!.stock]).toEqual([first!.stock, first!.stock])
    expect(first!.stock.products.map(({ released }) => released)).toEqual([false, false])
    const counts = (await sale.promise).products.flatMap(({ items }) => items.map((item) => item.availableCount))
    expect(new Set(counts)).toEqual(new Set([0]))
    expect(new Set([...first!.ports, ...beside!.ports]).size).toBe(4)
  }, 90_000)

  it('is violated by an unmet expectation, and keeps the logs', async () => {
    const bad = example('bad', {
      expectations: [after(1, 'what is not', () => Promise.reject(new Error('it is not so')))],
    })
    const result = await run([bad])
    expect([result.outcome, result.exitCode]).toEqual(['violated', 1])
    expect(checksOf(result).expectations).toBe('violated: after step 1: what is not: it is not so')
    expect(existsSync(join(latest(), 'logs/test-bad/n1.log'))).toBe(true)
    expect(result.scenarios[0]!.artifacts).toContain('logs/test-bad/n1.log')
  })

  it('is unknown when a step fails, and still says what was left wrong', async () => {
    const broken = example('broken', {
      steps: [
        step('stop in the middle', async (context) => {
          const client = await context.client('carol', 'n1')
          await client.join('ping')
          throw new Error('no further')
        }),
      ],
      expectations: [],
    })
    const result = await run([broken])
    expect([result.outcome, result.exitCode]).toEqual(['unknown', 2])
    const checks = checksOf(result)
    expect(checks['scenario-completed']).toContain('step 1 (stop in the middle) failed: no further')
    expect(checks['joined-topics']).toMatch(/^passed/)
  })

  it('is unknown when a fault does not take hold', async () => {
    const unfelt = example('unfelt', {
      steps: [
        step('cut what nobody uses', async (context) => {
          await (await context.client('carol', 'n1')).join('ping')
          await using _cut = await context.nemesis.inject('link.cut', 'nobody->n1')
        }),
      ],
    })
    const result = await run([unfelt])
    expect([result.outcome, result.exitCode]).toEqual(['unknown', 2])
    expect(checksOf(result)['faults-witnessed']).toContain('did not take hold: nobody uses nobody->n1')
  })

  const offTheNetwork = step('take n1 off its network', async (context) => {
    await context.nemesis.inject('node.disconnect', 'n1')
  })

  it('skips what this kind of cluster cannot tell, and says why', async () => {
    const result = await run([example('apart', { steps: [offTheNetwork], given: { nodes: 2 } })])
    expect([result.outcome, result.scenarios]).toEqual(['unknown', []])
    expect(result.skipped).toEqual([
      { id: 'test/apart', why: 'a process shares the network of its machine; use --driver container' },
    ])
  })

  it('does not hide what was violated before it came to that', async () => {
    const sees = async () => {
      throw new Error('it is not there')
    }
    const seenEvents = {
      given: { nodes: 2 },
      steps: [step('look', async () => {}), offTheNetwork],
      expectations: [after(1, 'it is there', sees)],
    }
    const result = await run([example('wrong', seenEvents)])
    expect([result.outcome, result.exitCode, result.skipped]).toEqual(['violated', 1, []])
  })

  it('is unknown when the state that it is about was never entered', async () => {
    const result = await run([example('beside', { sometimes: ['two of them met'] })])
    expect([result.outcome, checksOf(result).reached]).toEqual(['unknown', 'unknown: never reached: two of them met'])
  })

  it('repeats what chance decided, and notices when the scenario ends before the recording', async () => {
    await run([example('fine')], { seed: 1 })
    const recorded = scheduleShape.parse(document('schedule.json'))
    await run([example('fine')], { seed: 2, recorded })
    expect(document('schedule.json').scenarios).toEqual(recorded.scenarios)
    const longer = structuredClone(recorded)
    longer.scenarios[0]!.entries.push({ kind: 'op', name: 'publish', target: 'n1' })
    const result = await run([example('fine')], { recorded: longer })
    expect([result.outcome, checksOf(result)['replayed-to-its-end']]).toEqual([
      'unknown',
      'unknown: schedule diverged: the scenario ended before 1 recorded decisions were asked for',
    ])
  })

  it('that is interrupted ends early, with the code of the signal and a partial verdict', async () => {
    let stop = false
    const first = example('first', {
      steps: [
        step('join and be interrupted', async (context) => {
          await (await context.client('carol', 'n1')).join('ping')
          stop = true
        }),
        step('never', () => Promise.reject(new Error('told after the interruption'))),
      ],
    })
    const result = await run([first, example('second')], { interruptedBy: () => (stop ? 'SIGINT' : undefined) })
    expect([result.exitCode, result.interrupted, result.scenarios.map(({ id }) => id)]).toEqual([
      130,
      true,
      ['test/first'],
    ])
    expect(result.scenarios[0]!.steps).toHaveLength(1)
  })

  it('over its budget in a step that never returns abandons it, heals, judges and ends with 124', async () => {
    const hang = step('wait for ever', () => new Promise(() => {}))
    const cut = step('kill the database', async (context) => void (await context.nemesis.inject('db.kill', 'db')))
    const result = await run([example('hanging', { steps: [cut, hang], expectations: [] })], { budgetMs: 12_000 })
    expect([result.exitCode, result.outcome]).toEqual([124, 'unknown'])
    expect(checksOf(result)['scenario-completed']).toContain('step 2 (wait for ever) was abandoned: the budget of 12 s')
    expect(result.scenarios[0]!.faults[0]!.witnessedOffMs).toEqual(expect.any(Number))
    expect(result.scenarios[0]!.cutShort).toBe(true)
  })

  it('over its budget ends with 124', async () => {
    const result = await run([example('fine'), example('late')], { budgetMs: 1 })
    expect([result.exitCode, result.scenarios]).toEqual([124, []])
  })
})
