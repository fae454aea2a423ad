import { rm } from 'node:fs/promises'
import { cpus, platform, release, totalmem } from 'node:os'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import pLimit from 'p-limit'
import type { HarnessApp } from '../app.ts'
import type { PubSubName } from '../cluster/cluster.ts'
import type { DriverName } from '../cluster/drivers.ts'
import { type SystemPatch, unpatched } from '../cluster/system-patch.ts'
import { startStamp } from '../leases/processes.ts'
import type { Schedule } from '../plans/schedule.ts'
import { systemClock as clock } from '../platform/clock.ts'
import { UsageError } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { guardLoop, type LoopGuard } from '../platform/loop-guard.ts'
import { shellWord } from '../platform/plain-text.ts'
import { readPressure, readWaitedMs } from '../platform/pressure.ts'
import { hex } from '../platform/random.ts'
import { toolCommand } from '../platform/tool-command.ts'
import type { Reporter } from '../reporters/reporter.ts'
import type { Scenario } from '../scenario.ts'
import { type RunResult, runSchemaVersion, type ScenarioResult, type Skipped, worstOutcome } from '../verdict/result.ts'
import { withRetries } from './attempts.ts'
import { type Durations, readDurations, saveDurations } from './durations.ts'
import type { Sought } from './early-end.ts'
import { inOrderOfBegin } from './order.ts'
import { type RunEnvironment, withRunEnvironment } from './run-environment.ts'
import { makeRunFolder, openRunFiles, type RunFiles } from './run-files.ts'
import { runScenario, type ScenarioRun } from './run-scenario.ts'
import { folderOf } from './run-state.ts'
import { createStarvationMeter } from './starvation.ts'
import { createStopping, type Stopping } from './stopping.ts'

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

/** Runs scenarios in parallel, each on a cluster of its own, and writes the run's folder. Throws EnvironmentMissing before anything is started. */
export async function runAll(given: RunOptions): Promise<RunResult> {
  const options: Settled = { pubsub: 'mesh', patch: unpatched, ...given }
  const startedAt = new Date(clock.now()).toISOString()
  const startedMs = clock.monotonicMs()
  const elapsedMs = () => clock.monotonicMs() - startedMs
  const seed = hex(options.seed)
  const folder = makeRunFolder({ ...options, seed, startedAt })
  const about = { startedAt, seed, machine: machineFacts(), folder, ...replayOf(options, folder) }
  const files = openRunFiles(folder, clock)
  const lastTime = readDurations(durationsFile)
  announce(options, about, lastTime)
  files.begin(planOf(options, about))
  const guard = guardLoop()
  const meter = openMeter(elapsedMs)
  const stopping = createStopping({ ...options, elapsedMs })
  const course: Course = { options, about, files, stopping, guard, results: [], skipped: [], schedule: [] }
  const all = (environment: RunEnvironment) => runInTurns(course, lastTime, environment)
  const inEnvironment = async () =>
    options.environment ? { done: await all(options.environment), leaks: [] } : await withRunEnvironment(options, all)
  const { done: driver, leaks } = await inEnvironment().finally(() => {
    guard.stop()
    return files.close()
  })
  if (options.patch.names.length === 0) saveDurations(durationsFile, durationsOf(course.results, options.scenarios))
  const run = sumUp(course, { driver, leaks, durationMs: elapsedMs(), starvation: meter.end() })
  files.end(run, scheduleOf(course, driver, run))
  await options.reporter.onRunEnd(run)
  return run
}

/** Nothing is left to a default. */
type Settled = RunOptions & Required<Pick<RunOptions, 'pubsub' | 'patch'>>

/** What is known of a run when it starts. */
interface About {
  startedAt: string
  seed: string
  machine: RunResult['environment']
  folder: string
  /** How this tool is called from here. */
  command: string
  /** Arguments of the replay beside the recording. */
  extraArguments: string[]
  /** The command that runs it again. */
  replay: string
}

/** A run while it goes on. */
interface Course {
  options: Settled
  about: About
  files: RunFiles
  stopping: Stopping
  guard: LoopGuard
  results: ScenarioResult[]
  skipped: Skipped[]
  schedule: Schedule['scenarios']
}

const machineFacts = () => ({
  node: process.version,
  platform: `${platform()} ${release()}`,
  cpus: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
})

/** How this tool is called from here, and how it runs the same again. */
function replayOf({ replayArguments = [] }: RunOptions, folder: string) {
  const command = toolCommand({ cwd: process.cwd(), root, env: process.env })
  const extraArguments = replayArguments.map(shellWord)
  return { command, extraArguments, replay: [command, 'replay', shellPath(folder), ...extraArguments].join(' ') }
}

function announce({ suite, nodes, scenarios, jobs, patch, reporter }: Settled, about: About, lastTime: Durations) {
  reporter.onRunStart({
    suite,
    seed: about.seed,
    nodes,
    scenarioCount: scenarios.length,
    jobs,
    planned: scenarios.map(({ id }) => ({ id, ...(lastTime[id] !== undefined && { lastMs: lastTime[id] }) })),
    folder: about.folder,
    place: shellPath(about.folder),
    defects: patch.names,
  })
}

const planOf = (options: Settled, { startedAt, seed, machine, command, extraArguments }: About) => ({
  argv: process.argv.slice(2),
  owner: { pid: process.pid, stamp: startStamp(process.pid) },
  seed,
  suite: options.suite,
  driver: options.environment?.driver ?? options.driver ?? 'process',
  nodes: options.nodes,
  pubsub: options.pubsub,
  defects: options.patch.names,
  startedAt,
  scenarios: options.scenarios.map(({ id }) => id),
  environment: machine,
  command,
  extraArguments,
})

/** Measures how starved the machine is, from now to the end of the run. */
function openMeter(elapsedMs: () => number) {
  const meter = createStarvationMeter()
  const read = () => {
    const waited = { harness: { pid: process.pid, ms: readWaitedMs('self') } }
    meter.add({ atMs: elapsedMs(), pressure: readPressure(), waited })
  }
  read()
  return {
    end() {
      read()
      return meter.between(0, elapsedMs())
    },
  }
}

/** Runs the scenarios, so many at a time, until there is a reason to stop. Returns what drives their nodes. */
async function runInTurns(course: Course, lastTime: Durations, environment: RunEnvironment): Promise<DriverName> {
  const { options, stopping } = course
  const turns = pLimit(options.jobs)
  await turns.map(inOrderOfBegin(options.scenarios, lastTime), async (scenario) => {
    if (stopping.because() === undefined) await runInCourse(course, scenario, environment)
  })
  return environment.driver
}

async function runInCourse(course: Course, scenario: Scenario, environment: RunEnvironment) {
  const { options, stopping } = course
  options.reporter.onScenarioStart({ id: scenario.id, title: scenario.title })
  const run = await withRetries({
    retries: options.retries ?? 0,
    attempt: (number) => attempt(course, scenario, environment, number),
    goesOn: () => stopping.because() === undefined,
  })
  take(course, scenario, run)
}

/** Runs a scenario once. What is judged and shown is the first attempt; the others stand in the history under names of their own. */
async function attempt(course: Course, scenario: Scenario, environment: RunEnvironment, number: number) {
  const { files } = course
  const workFolder = join(environment.workFolder, basename(files.folder))
  const id = number === 1 ? scenario.id : `${scenario.id} (attempt ${number})`
  const its = await runScenario(scenario, {
    ...settingsOf(course, scenario, environment),
    workFolder,
    artifactFolder: join(files.folder, 'browser', ...(number === 1 ? [] : [`attempt-${number}`])),
    sink: (event) => files.append(id, event),
  })
  if (number === 1 && its.skippedBecause === undefined && its.result.outcome !== 'passed')
    its.result.artifacts.push(...files.keepLogs(workFolder, scenario.id))
  // Not synchronously: this process runs other scenarios meanwhile.
  await rm(join(workFolder, folderOf(scenario)), { recursive: true, force: true, maxRetries: 10 })
  return its
}

function settingsOf({ options, about, stopping, guard }: Course, scenario: Scenario, environment: RunEnvironment) {
  const { clusters, apps, browsers, leases } = environment
  // A plan decides what is done; what is done in parallel comes in another order each time, so its record cannot be followed.
  const recorded =
    scenario.plan || scenario.recording
      ? undefined
      : options.recorded?.scenarios.find(({ id }) => id === scenario.id)?.entries
  return {
    seed: options.seed,
    nodes: options.nodes,
    pubsub: options.pubsub,
    patch: options.patch,
    clusters,
    apps,
    browsers: options.withoutEvidence ? { ...browsers, recordsTraces: false } : browsers,
    ...(options.withoutEvidence && { withoutEvidence: true }),
    leases,
    reporter: options.reporter,
    ...(recorded && { recorded }),
    replay: about.replay,
    stoppedBecause: stopping.because,
    ...(options.sought && { sought: options.sought }),
    endedLoops: guard.endedCount,
  }
}

function take({ options, stopping, results, skipped, schedule }: Course, scenario: Scenario, run: ScenarioRun) {
  const { result, entries, skippedBecause, fatal } = run
  const { id, plan, recording } = scenario
  if (skippedBecause !== undefined) {
    skipped.push({ id, why: skippedBecause })
    options.reporter.onScenarioSkipped({ id, why: skippedBecause })
    return
  }
  stopping.lack(fatal)
  results.push(result)
  schedule.push({ id, entries: [...entries], ...(plan && { plan }), ...(recording && { recording: recording() }) })
  if (options.isEnough?.(result)) stopping.seeEnough()
  options.reporter.onScenarioEnd(result)
}

interface Ending extends Pick<RunResult, 'driver' | 'leaks' | 'durationMs'> {
  starvation: NonNullable<RunResult['starvation']>
}

/** A scenario of the run that has no result, because the run was stopped, leaves the run unknown. */
function sumUp({ options, about, stopping, ...course }: Course, ending: Ending): RunResult {
  const results = inOrder(course.results, options.scenarios)
  const isWhole = results.length + course.skipped.length >= options.scenarios.length
  const outcomes = results.map(({ outcome }) => outcome)
  const run: RunResult = {
    schemaVersion: runSchemaVersion,
    suite: options.suite,
    outcome: worstOutcome(isWhole ? outcomes : [...outcomes, 'unknown']),
    exitCode: 0,
    seed: about.seed,
    driver: ending.driver,
    nodes: options.nodes,
    defects: [...options.patch.names],
    startedAt: about.startedAt,
    durationMs: Math.round(ending.durationMs),
    environment: about.machine,
    starvation: { ...ending.starvation, longestStallMs: longestStalls(results) },
    leaks: ending.leaks,
    interrupted: stopping.interruptedBy() !== undefined,
    command: about.command,
    replay: about.replay,
    folder: relative(process.cwd(), about.folder),
    scenarios: results,
    skipped: course.skipped.sort((a, b) => a.id.localeCompare(b.id)),
  }
  return { ...run, exitCode: exitCodeOf(run, stopping) }
}

const scheduleOf = (
  { options, schedule }: Course,
  driver: DriverName,
  { seed, nodes, defects }: RunResult,
): Schedule => ({
  schemaVersion: 1,
  seed,
  driver,
  nodes,
  pubsub: options.pubsub,
  defects,
  scenarios: inOrder(schedule, options.scenarios),
})

/** They end in another order than they were asked for. */
function inOrder<One extends { id: string }>(ended: readonly One[], scenarios: readonly Scenario[]): One[] {
  const order = scenarios.map(({ id }) => id)
  return ended.toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
}

/** Every scenario sees the stalls of this process; those of nodes are its own. */
function longestStalls(scenarios: readonly ScenarioResult[]): Record<string, number> {
  const longest = Math.max(0, ...scenarios.map(({ starvation }) => starvation?.longestStallMs.harness ?? 0))
  return longest > 0 ? { harness: longest } : {}
}

/** A proven violation is never hidden, not even by Ctrl-C. */
function exitCodeOf(run: RunResult, stopping: Stopping): number {
  if (run.outcome === 'violated') return exitCodes.violated
  const signal = stopping.interruptedBy()
  if (signal) return signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated
  const lacking = stopping.lacking()
  if (lacking) return lacking instanceof UsageError ? exitCodes.usage : exitCodes.environment
  if (stopping.isOverBudget()) return exitCodes.budget
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
