import {
  accessSync,
  appendFileSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { cpus, platform, release, totalmem } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import pLimit from 'p-limit'
import type { HarnessApp } from '../app.ts'
import type { PubSubName } from '../cluster/cluster.ts'
import type { DriverName } from '../cluster/drivers.ts'
import { type SystemPatch, unpatched } from '../cluster/system-patch.ts'
import { startStamp } from '../leases/processes.ts'
import type { Schedule } from '../plans/schedule.ts'
import { systemClock as clock } from '../platform/clock.ts'
import { EnvironmentMissing, UsageError } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { openLineWriter } from '../platform/line-writer.ts'
import { guardLoop } from '../platform/loop-guard.ts'
import { shellWord } from '../platform/plain-text.ts'
import { readPressure, readWaitedMs } from '../platform/pressure.ts'
import { withSourcePositions } from '../platform/source-positions.ts'
import { toolCommand } from '../platform/tool-command.ts'
import type { RunPlan } from '../reporters/killed-run.ts'
import type { Reporter } from '../reporters/reporter.ts'
import type { Scenario } from '../scenario.ts'
import { type RunResult, runSchemaVersion, type ScenarioResult, type Skipped, worstOutcome } from '../verdict/result.ts'
import { withRetries } from './attempts.ts'
import { type Durations, readDurations, saveDurations } from './durations.ts'
import type { Sought } from './early-end.ts'
import { inOrderOfBegin } from './order.ts'
import { type RunEnvironment, withRunEnvironment } from './run-environment.ts'
import { runScenario } from './run-scenario.ts'
import { createStarvationMeter } from './starvation.ts'

export interface RunOptions {
  suite: string
  scenarios: readonly Scenario[]
  seed: number
  driver?: DriverName
  /** The file that describes a running system, for the driver `remote`. */
  target?: string
  nodes: number
  /** Where the scenario does not say; default: mesh. */
  pubsub?: PubSubName
  /** Default: the system as it is. */
  patch?: SystemPatch
  /** How many scenarios in parallel. */
  jobs: number
  headed: boolean
  /** The folder that holds the folders of runs. */
  out: string
  reporter: Required<Reporter>
  /** Arguments that a replay needs because no recording holds them, such as `--target FILE`; default: none. */
  replayArguments?: readonly string[]
  recorded?: Schedule
  /** How often a scenario that was violated runs again; default: never. */
  retries?: number
  /** Asked after each scenario: whether the run has seen enough, and leaves the rest. */
  isEnough?(result: ScenarioResult): boolean
  /** Each scenario ends as soon as this is found. Default: all run to their ends. */
  sought?: Sought
  /** Nobody will look at traces and pictures of browsers: they are not made. */
  withoutEvidence?: boolean
  /** The signal that ends the run early, once there is one. */
  interruptedBy(): 'SIGINT' | 'SIGTERM' | undefined
  budgetMs?: number
  /** Default: all that there are. */
  apps?: readonly HarnessApp[]
  /** Shared with other runs of the same seed, and closed by whoever opened them. Without them the run has its own. */
  environment?: RunEnvironment
}

export const hex = (seed: number) => `0x${(seed >>> 0).toString(16)}`

/** Runs scenarios in parallel, each on a cluster of its own, and writes the run's folder. Throws EnvironmentMissing before anything is started. */
export async function runAll(options: RunOptions): Promise<RunResult> {
  const startedMs = clock.monotonicMs()
  const startedAt = new Date(clock.now()).toISOString()
  const folder = makeRunFolder(options, startedAt)
  const { reporter, pubsub = 'mesh', patch = unpatched } = options
  const lastTime = readDurations(durationsFile)
  reporter.onRunStart({
    suite: options.suite,
    seed: hex(options.seed),
    nodes: options.nodes,
    scenarioCount: options.scenarios.length,
    jobs: options.jobs,
    planned: options.scenarios.map(({ id }) => ({ id, ...(lastTime[id] !== undefined && { lastMs: lastTime[id] }) })),
    folder,
    place: shellPath(folder),
    defects: patch.names,
  })
  const order = options.scenarios.map(({ id }) => id)
  const guard = guardLoop()
  const meter = createStarvationMeter()
  const meterOnce = () => {
    const waited = { harness: { pid: process.pid, ms: readWaitedMs('self') } }
    meter.add({ atMs: clock.monotonicMs() - startedMs, pressure: readPressure(), waited })
  }
  meterOnce()
  const environmentFacts = {
    node: process.version,
    platform: `${platform()} ${release()}`,
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  }
  const command = toolCommand({ cwd: process.cwd(), root, env: process.env })
  const extraArguments = (options.replayArguments ?? []).map(shellWord)
  const replay = [command, 'replay', shellPath(folder), ...extraArguments].join(' ')
  const write = (name: string, value: unknown) =>
    writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`)
  // At the beginning: a run that is killed leaves no verdict, and this says what it was.
  write('run.json', {
    argv: process.argv.slice(2),
    owner: { pid: process.pid, stamp: startStamp(process.pid) },
    seed: hex(options.seed),
    suite: options.suite,
    driver: options.environment?.driver ?? options.driver ?? 'process',
    nodes: options.nodes,
    pubsub,
    defects: patch.names,
    startedAt,
    scenarios: order,
    environment: environmentFacts,
    command,
    extraArguments,
  } satisfies RunPlan & Record<string, unknown>)
  const history = openLineWriter({ file: join(folder, 'history.ndjson'), clock })
  const results: ScenarioResult[] = []
  const skipped: Skipped[] = []
  const schedule: Schedule['scenarios'] = []
  const overBudget = () => options.budgetMs !== undefined && clock.monotonicMs() - startedMs > options.budgetMs
  let seenEnough = false
  let lacking: EnvironmentMissing | UsageError | undefined
  const stoppedBecause = () => {
    if (options.interruptedBy() !== undefined) return 'interrupted'
    if (overBudget()) return `the budget of ${Math.round(options.budgetMs! / 1_000)} s is used up`
    if (lacking) return lacking.message
    return seenEnough ? 'the run has seen enough' : undefined
  }
  const stopEarly = () => stoppedBecause() !== undefined

  async function one(scenario: Scenario, { workFolder: shared, leases, browsers, clusters, apps }: RunEnvironment) {
    const workFolder = join(shared, basename(folder))
    reporter.onScenarioStart({ id: scenario.id, title: scenario.title })
    // A plan decides what is done; what is done in parallel comes in another order each time, so its record cannot be followed.
    const recorded =
      scenario.plan || scenario.recording
        ? undefined
        : options.recorded?.scenarios.find(({ id }) => id === scenario.id)?.entries
    const attempt = (number: number) =>
      runScenario(scenario, {
        seed: options.seed,
        nodes: options.nodes,
        pubsub,
        patch,
        clusters,
        apps,
        browsers: options.withoutEvidence ? { ...browsers, recordsTraces: false } : browsers,
        ...(options.withoutEvidence && { withoutEvidence: true }),
        leases,
        workFolder,
        artifactFolder: join(folder, 'browser', ...(number === 1 ? [] : [`attempt-${number}`])),
        reporter,
        ...(recorded && { recorded }),
        sink: (event) => {
          // What is judged and shown is the first attempt; the others stand under names of their own.
          const id = number === 1 ? scenario.id : `${scenario.id} (attempt ${number})`
          history.append(JSON.stringify({ scenario: id, ...event }))
          if (event.type === 'fault')
            appendFileSync(
              join(folder, 'faults.ndjson'),
              `${JSON.stringify({ scenario: id, ...(event.value as object) })}\n`,
            )
        },
        replay,
        stoppedBecause,
        ...(options.sought && { sought: options.sought }),
        endedLoops: guard.endedCount,
      })
    const { result, entries, skippedBecause, fatal } = await withRetries({
      retries: options.retries ?? 0,
      async attempt(number) {
        const its = await attempt(number)
        if (number === 1 && its.skippedBecause === undefined && its.result.outcome !== 'passed')
          its.result.artifacts.push(...keepLogs(workFolder, folder, scenario.id))
        // Not synchronously: this process runs other scenarios meanwhile.
        await rm(join(workFolder, scenario.id.replaceAll('/', '-')), { recursive: true, force: true, maxRetries: 10 })
        return its
      },
      goesOn: () => !stopEarly(),
    })
    if (skippedBecause !== undefined) {
      skipped.push({ id: scenario.id, why: skippedBecause })
      reporter.onScenarioSkipped({ id: scenario.id, why: skippedBecause })
      return
    }
    lacking ??= fatal
    results.push(result)
    schedule.push({
      id: scenario.id,
      entries: [...entries],
      ...(scenario.plan && { plan: scenario.plan }),
      ...(scenario.recording && { recording: scenario.recording() }),
    })
    if (options.isEnough?.(result)) seenEnough = true
    reporter.onScenarioEnd(result)
  }

  async function all(environment: RunEnvironment) {
    const turns = pLimit(options.jobs)
    await turns.map(inOrderOfBegin(options.scenarios, lastTime), async (scenario) => {
      if (!stopEarly()) await one(scenario, environment)
    })
    return environment.driver
  }
  const inEnvironment = async () =>
    options.environment ? { done: await all(options.environment), leaks: [] } : await withRunEnvironment(options, all)
  const { done: driver, leaks } = await inEnvironment().finally(() => {
    guard.stop()
    return history.close()
  })

  meterOnce()
  const sorted = results.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
  if (patch.names.length === 0) saveDurations(durationsFile, durationsOf(sorted, options.scenarios))
  const run: RunResult = {
    schemaVersion: runSchemaVersion,
    suite: options.suite,
    outcome:
      sorted.length + skipped.length < options.scenarios.length
        ? worstOutcome([...sorted.map(({ outcome }) => outcome), 'unknown'])
        : worstOutcome(sorted.map(({ outcome }) => outcome)),
    exitCode: 0,
    seed: hex(options.seed),
    driver,
    nodes: options.nodes,
    defects: [...patch.names],
    startedAt,
    durationMs: Math.round(clock.monotonicMs() - startedMs),
    environment: environmentFacts,
    starvation: { ...meter.between(0, clock.monotonicMs() - startedMs), longestStallMs: longestStalls(sorted) },
    leaks,
    interrupted: options.interruptedBy() !== undefined,
    command,
    replay,
    folder: relative(process.cwd(), folder),
    scenarios: sorted,
    skipped: skipped.sort((a, b) => a.id.localeCompare(b.id)),
  }
  run.exitCode = exitCodeOf(run, options.interruptedBy(), overBudget(), lacking)
  write('schedule.json', {
    schemaVersion: 1,
    seed: run.seed,
    driver,
    nodes: options.nodes,
    pubsub,
    defects: run.defects,
    scenarios: schedule.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id)),
  })
  write('verdict.json', run)
  pointLatest(folder)
  await reporter.onRunEnd(run)
  return run
}

/** Every scenario sees the stalls of this process; those of nodes are its own. */
function longestStalls(scenarios: readonly ScenarioResult[]): Record<string, number> {
  const longest = Math.max(0, ...scenarios.map(({ starvation }) => starvation?.longestStallMs.harness ?? 0))
  return longest > 0 ? { harness: longest } : {}
}

/** A proven violation is never hidden, not even by Ctrl-C. */
function exitCodeOf(
  run: RunResult,
  signal: 'SIGINT' | 'SIGTERM' | undefined,
  overBudget: boolean,
  lacking: Error | undefined,
): number {
  if (run.outcome === 'violated') return exitCodes.violated
  if (signal) return signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated
  if (lacking) return lacking instanceof UsageError ? exitCodes.usage : exitCodes.environment
  if (overBudget) return exitCodes.budget
  if (run.leaks.length > 0) return exitCodes.leaked
  return exitCodes[run.outcome]
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const durationsFile = join(root, '.squall/durations.json')

/** Random scenarios are not run again, and how long a recording takes says nothing about the next one. */
const durationsOf = (results: readonly ScenarioResult[], scenarios: readonly Scenario[]): Durations => {
  const lasting = new Set(scenarios.filter(({ plan, recording }) => !plan && !recording).map(({ id }) => id))
  return Object.fromEntries(results.filter(({ id }) => lasting.has(id)).map(({ id, durationMs }) => [id, durationMs]))
}

/** As somebody types it from here. */
const shellPath = (folder: string) => shellWord(relative(process.cwd(), folder))

function makeRunFolder({ out, suite, seed }: RunOptions, startedAt: string): string {
  const name = `${startedAt.replace(/[-:]|\.\d+/g, '')}-${suite.replaceAll('/', '-')}-${hex(seed)}`
  const folder = resolve(out, name)
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    writeFileSync(join(folder, 'history.ndjson'), '')
    writeFileSync(join(folder, 'faults.ndjson'), '')
  } catch (error) {
    throw new EnvironmentMissing(
      `cannot write reports to ${out}: ${(error as Error).message}; make it writable or choose another folder with --out`,
    )
  }
  return folder
}

/** Returns where they are in the folder of the run. */
function keepLogs(workFolder: string, folder: string, id: string): string[] {
  const from = join(workFolder, id.replaceAll('/', '-'))
  const to = join(folder, 'logs', id.replaceAll('/', '-'))
  mkdirSync(to, { recursive: true })
  try {
    const names = readdirSync(from).filter((one) => one.endsWith('.log'))
    for (const name of names) writeFileSync(join(to, name), withSourcePositions(readFileSync(join(from, name), 'utf8')))
    return names.toSorted().map((name) => relative(folder, join(to, name)))
  } catch {
    // A scenario that never got a cluster has no logs.
    return []
  }
}

function pointLatest(folder: string) {
  const latest = join(dirname(folder), 'latest')
  try {
    unlinkSync(latest)
  } catch {
    // The first run has no predecessor.
  }
  symlinkSync(basename(folder), latest)
}
