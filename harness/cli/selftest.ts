import { join } from 'node:path'
import pLimit from 'p-limit'
import { UsageError } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { codeOf } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { freshSeed } from '../platform/random.ts'
import { duration } from '../reporters/format.ts'
import { codeOfLeaks } from '../reporters/leak-report.ts'
import { multiplex } from '../reporters/multiplexer.ts'
import { checkPrerequisites, withoutMissingRedis } from '../runner/prerequisites.ts'
import { runAll } from '../runner/run.ts'
import { type RunEnvironment, withRunEnvironment } from '../runner/run-environment.ts'
import { outFolder } from '../runner/run-folder.ts'
import { baseOptions } from '../runner/run-options.ts'
import { loadAll } from '../runner/scenario-files.ts'
import type { Scenario } from '../scenario.ts'
import { type Defect, defects } from '../selftest/defects.ts'
import {
  type DefectResult,
  detection,
  detectMsOf,
  inOrder,
  judgeDefect,
  type SelftestResult,
  summaryOf,
} from '../selftest/selftest-result.ts'
import type { Command } from './command.ts'
import { flags } from './options.ts'
import { worstCode } from './run.ts'

interface SelftestFlags {
  defect?: string[]
  seed?: number
  jobs: number
  out?: string
  json?: boolean
}

/** A defect with the scenario that must bring it to light. */
interface Case {
  id: string
  defect: Defect
  scenario: Scenario
}

/** Most defects make their scenario wait for something that never comes, which costs no processor. */
const jobs = { ...flags.jobs, help: 'defects in parallel', default: 3 }

export const selftest: Command = {
  name: 'selftest',
  summary: 'start every defect and demand that its checker catches it; the clean system must raise no alarm',
  options: [flags.defect, flags.seed, jobs, flags.out, flags.json],
  async run(_names, options: SelftestFlags, io) {
    checkPrerequisites(options.out, io)
    const all = await loadAll(io.root)
    const cases = casesOf(options.defect, all, io)
    const seed = options.seed ?? freshSeed()
    const stage = { io, seed, jobs: options.jobs, out: outFolder(io, options.out) }
    const { done, leaks } = await withRunEnvironment({ seed, headed: false }, (environment) =>
      tell(cases, all, { ...stage, environment }),
    )
    const result: SelftestResult = { ...done, leaks }
    report(result, options.json === true, io)
    return worstCode([codeFor(result, cases.length, io), codeOfLeaks(leaks, io)])
  },
}

interface Stage {
  io: Io
  seed: number
  jobs: number
  out: string
  /** Every run copies the same database and uses the same browsers. */
  environment: RunEnvironment
}

function casesOf(wanted: readonly string[] | undefined, all: readonly Scenario[], io: Io): Case[] {
  const cases = Object.entries(defects)
    .filter(([id]) => !wanted || wanted.includes(id))
    .map(([id, defect]) => ({ id, defect, scenario: find(all, defect.scenario) }))
  const possible = withoutMissingRedis([...new Set(cases.map(({ scenario }) => scenario))], [], io)
  return cases.filter(({ scenario }) => possible.includes(scenario))
}

function find(all: readonly Scenario[], id: string): Scenario {
  const found = all.find((one) => one.id === id)
  if (!found) throw new UsageError(`the self-test needs the scenario ${id}, but there is none below scenarios/`)
  return found
}

async function tell(cases: readonly Case[], all: readonly Scenario[], stage: Stage) {
  const defects = await plantAll(cases, stage)
  const clean = [...new Set(cases.map(({ scenario }) => scenario))]
  const falseAlarms = await alarmsOfTheCleanSystem(clean, stage)
  const canary = await runCanary(all, stage)
  return { defects, falseAlarms, cleanScenarios: clean.length, canary }
}

function report(result: SelftestResult, asJson: boolean, io: Io) {
  const detectors = {
    live: result.defects.filter(({ caught }) => caught).length,
    of: result.defects.length,
    ...detection(result.defects),
  }
  if (asJson) io.out(`${JSON.stringify({ ...result, detectors }, null, 2)}\n`)
  else io.out(`${summaryOf(result)}\n`)
}

function codeFor({ defects, falseAlarms, canary }: SelftestResult, expected: number, io: Io): number {
  const stopped = io.interruption.by()
  if (stopped) return codeOf(stopped)
  const isGood = defects.length === expected && defects.every(({ caught }) => caught)
  if (!isGood || falseAlarms > 0 || canary !== 'caught') return exitCodes.violated
  return exitCodes.passed
}

const quietly = (stage: Stage, suite: string, scenarios: readonly Scenario[], defects: readonly string[]) =>
  runAll({
    ...baseOptions({ jobs: stage.jobs }, stage.io),
    out: join(stage.out, 'selftest'),
    suite,
    scenarios,
    seed: stage.seed,
    nodes: 3,
    defects,
    reporter: multiplex({}, () => {}),
    environment: stage.environment,
  })

/** Side by side, each in a run of its own that can be replayed; told in the order of the zoo. */
async function plantAll(cases: readonly Case[], stage: Stage): Promise<DefectResult[]> {
  const limit = pLimit(stage.jobs)
  const say = inOrder((one: DefectResult | undefined) => one && stage.io.err(lineOf(one)))
  const results = await Promise.all(
    cases.map((one, index) =>
      limit(async () => {
        const result = stage.io.interruption.by() ? undefined : await plant(one, stage)
        say(index, result)
        return result
      }),
    ),
  )
  return results.filter((one) => one !== undefined)
}

const lineOf = ({ caught, id, checker, finding, seconds }: DefectResult) =>
  `${caught ? '✓ caught' : '✗ missed'}  ${id}  ${checker}: ${finding}  (${duration(seconds * 1_000)})\n`

async function plant({ id, defect, scenario }: Case, stage: Stage): Promise<DefectResult> {
  const run = await quietly(stage, id.toLowerCase(), [scenario], [id])
  const { caught, finding } = judgeDefect(run, defect)
  const detectMs = run.scenarios[0] && detectMsOf(run.scenarios[0])
  return {
    id,
    caught,
    checker: defect.checker,
    finding,
    seconds: inSeconds(run.durationMs),
    detectSeconds: detectMs === undefined ? null : inSeconds(detectMs),
  }
}

const inSeconds = (ms: number) => Math.round(ms / 100) / 10

/** The same scenarios without a defect: whatever does not pass there is a false alarm. */
async function alarmsOfTheCleanSystem(clean: readonly Scenario[], stage: Stage): Promise<number> {
  if (stage.io.interruption.by()) return 0
  const run = await quietly(stage, 'clean', clean, [])
  const alarms = run.scenarios.filter(({ outcome }) => outcome !== 'passed')
  for (const { id, outcome, checks } of alarms) {
    const why = checks.filter((one) => one.outcome !== 'passed').map((one) => `${one.name}: ${one.why}`)
    stage.io.err(`✗ false alarm  ${id} is ${outcome} without a defect: ${why.join('; ')}\n`)
  }
  if (alarms.length === 0) stage.io.err(`✓ quiet  ${clean.length} scenarios without a defect raised no alarm\n`)
  return alarms.length
}

/** A harness that cannot say no would pass everything above in its own way. */
async function runCanary(all: readonly Scenario[], stage: Stage): Promise<'caught' | 'missed'> {
  const canaries = all.filter(({ canary }) => canary)
  if (canaries.length === 0 || stage.io.interruption.by()) return 'missed'
  const run = await quietly(stage, 'canary', canaries, [])
  const caught = run.scenarios.length > 0 && run.scenarios.every(({ outcome }) => outcome === 'violated')
  stage.io.err(caught ? '✓ caught  the canary failed, as it must\n' : '✗ missed  the canary did not fail\n')
  return caught ? 'caught' : 'missed'
}
