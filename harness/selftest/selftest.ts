import { basename, join } from 'node:path'
import pLimit from 'p-limit'
import { unpatched } from '../cluster/system-patch.ts'
import { systemClock as clock } from '../platform/clock.ts'
import type { StopSignal } from '../platform/interruption.ts'
import { orNearest } from '../platform/nearest.ts'
import { multiplex } from '../reporters/multiplexer.ts'
import { checkersOf } from '../runner/checkers-of.ts'
import { type RunOptions, runAll } from '../runner/run.ts'
import { type RunEnvironment, withRunEnvironment } from '../runner/run-environment.ts'
import type { Scenario } from '../scenario.ts'
import { type Defect, type DefectHeader, patchedFiles } from './defect.ts'
import { patchOf, readFrom, type Unreadable } from './defects.ts'
import { BadDiff } from './diff.ts'
import { type DefectResult, detectMsOf, inOrder, judgeDefect, type SelftestResult } from './selftest-result.ts'
import { typeCheck } from './type-check.ts'

export interface SelftestOptions {
  /** Those that cannot be read count as diffs that do not apply. */
  defects: readonly (Defect | Unreadable)[]
  /** All there are: a defect names one of them. */
  scenarios: readonly Scenario[]
  /** What runs, until the first alarm, for a defect that names none. */
  suite: readonly Scenario[]
  /** Whether to check types first; the shipped defects are checked with the tests of the project. */
  checkTypes: boolean
  /** Of the project. */
  root: string
  seed: number
  /** Scenarios at a time. */
  jobs: number
  /** Whether the scenario of a defect goes on after its checker has found the defect, and what its browsers saw is kept. Default: no. */
  toTheEnd?: boolean
  /** The folder for the folders of runs. */
  out: string
  interruptedBy(): StopSignal | undefined
  onProgress(progress: SelftestProgress): void
}

export type SelftestProgress =
  | { kind: 'defect'; result: DefectResult }
  | { kind: 'false alarm'; scenario: string; outcome: string; why: string }
  | { kind: 'quiet'; scenarios: number }
  | { kind: 'canary'; caught: boolean }

interface Case {
  defect: Defect
  scenarios: readonly Scenario[]
}

interface Selftest extends SelftestOptions {
  /** Every run copies the same database and uses the same browsers. */
  environment: RunEnvironment
  /** Scenarios at a time for each of the defects that run in parallel. */
  jobsEach: number
}

/**
 * Mutation testing for a chaos suite (FI-18): each defect in turn is put into the system, and somebody must notice. Throws BadDiff before
 * anything is started when a header names what is not there. What does not apply, or has type errors, is not run.
 */
export async function runSelftest(options: SelftestOptions): Promise<SelftestResult> {
  const { defects, seed, jobs } = options
  for (const one of defects) {
    const problem = 'diff' in one ? unknownNamesIn(one, options.scenarios) : undefined
    if (problem !== undefined) throw new BadDiff(problem)
  }
  const unusable = await findUnusable(options)
  const usable = defects.filter((one) => 'diff' in one && !unusable.has(one.name)).length
  if (usable === 0) {
    const results = defects.map(({ name }) => unusable.get(name)).filter((one) => one !== undefined)
    for (const result of results) options.onProgress({ kind: 'defect', result })
    return { defects: results, falseAlarms: 0, cleanScenarios: 0, canary: 'not run', leaks: [] }
  }
  const jobsEach = Math.max(1, Math.floor(jobs / usable))
  const { done, leaks } = await withRunEnvironment({ seed, headed: false }, async (environment) => {
    const selftest = { ...options, environment, jobsEach }
    const results = await runDefects(selftest, unusable)
    const clean = cleanScenarios(results, options)
    const falseAlarms = await alarmsOfTheCleanSystem(clean, selftest)
    return { defects: results, falseAlarms, cleanScenarios: clean.length, canary: await runCanary(selftest) }
  })
  return { ...done, leaks }
}

/** What is wrong with the scenario and the checker that a header names, in a sentence; undefined when both are there. */
export function unknownNamesIn({ header, diff: { name } }: Defect, scenarios: readonly Scenario[]): string | undefined {
  const { scenario, checker } = header
  if (scenario === undefined) return undefined
  const found = scenarios.find(({ id }) => id === scenario)
  const ids = scenarios.map(({ id }) => id)
  if (!found) return `${name} names the scenario ${scenario}, which does not exist${orNearest(scenario, ids)}`
  const judges = checkersOf(found).map((one) => one.name)
  if (checker === undefined || judges.includes(checker)) return undefined
  return `${name} names the checker ${checker}, but ${scenario} is judged by ${judges.join(', ')}`
}

const unusableResult = (id: string, outcome: 'does-not-apply' | 'does-not-type-check', why: string): DefectResult => ({
  id,
  outcome,
  caught: false,
  scenario: null,
  checker: null,
  finding: why,
  seconds: 0,
  detectSeconds: null,
  folder: null,
})

/** By their names: before anything is started, all that can be said without a cluster. */
async function findUnusable(options: SelftestOptions): Promise<Map<string, DefectResult>> {
  const { defects, root, checkTypes, interruptedBy } = options
  const unusable = new Map<string, DefectResult>()
  const applying: Defect[] = []
  for (const one of defects) {
    const why = 'diff' in one ? whyNotApplied(one, root) : one.why
    if (why !== undefined) unusable.set(one.name, unusableResult(one.name, 'does-not-apply', why))
    else applying.push(one as Defect)
  }
  if (!checkTypes || applying.length === 0) return unusable
  const errors = await typeCheck(applying, { root, goesOn: () => interruptedBy() === undefined })
  for (const [name, why] of errors)
    if (why !== undefined) unusable.set(name, unusableResult(name, 'does-not-type-check', why))
  return unusable
}

function whyNotApplied(defect: Defect, root: string): string | undefined {
  try {
    patchedFiles([defect], readFrom(root))
    return undefined
  } catch (error) {
    if (error instanceof BadDiff) return error.message
    throw error
  }
}

/** In parallel, each in a run of its own that can be replayed; reported in their order. */
async function runDefects(selftest: Selftest, unusable: ReadonlyMap<string, DefectResult>): Promise<DefectResult[]> {
  const limit = pLimit(selftest.jobs)
  const report = inOrder(
    (result: DefectResult | undefined) => result && selftest.onProgress({ kind: 'defect', result }),
  )
  const results = await Promise.all(
    selftest.defects.map((one, index) =>
      limit(async () => {
        const result = unusable.get(one.name) ?? (await runDefect(caseOf(one as Defect, selftest), selftest))
        report(index, result)
        return result
      }),
    ),
  )
  return results.filter((one) => one !== undefined)
}

const caseOf = (defect: Defect, { scenarios, suite }: SelftestOptions): Case => ({
  defect,
  scenarios: defect.header.scenario === undefined ? suite : scenarios.filter(({ id }) => id === defect.header.scenario),
})

/** Undefined when somebody pressed Ctrl-C before. */
async function runDefect({ defect, scenarios }: Case, selftest: Selftest): Promise<DefectResult | undefined> {
  if (selftest.interruptedBy()) return undefined
  const { name, file, header } = defect
  const patch = await patchOf([defect], selftest.root).catch((error: Error) => error)
  if (patch instanceof BadDiff) return unusableResult(name, 'does-not-apply', patch.message)
  if (patch instanceof Error) throw patch
  const startedMs = clock.monotonicMs()
  let alarmMs: number | undefined
  const run = await quietly(
    selftest,
    basename(file)
      .replace(/\.\w+$/, '')
      .toLowerCase(),
    scenarios,
    {
      patch,
      ...soughtOf(header, selftest),
      withoutEvidence: !selftest.toTheEnd,
      isEnough: ({ outcome }) => {
        if (outcome === 'violated') alarmMs ??= clock.monotonicMs()
        return outcome === 'violated'
      },
    },
  )
  const judged = judgeDefect(run, header)
  const its = run.scenarios.find(({ id }) => id === judged.scenario)
  const detectMs = its && detectMsOf(its)
  return {
    id: name,
    ...judged,
    caught: judged.outcome === 'caught',
    seconds: inSeconds((alarmMs ?? clock.monotonicMs()) - startedMs),
    detectSeconds: detectMs === undefined ? null : inSeconds(detectMs),
    folder: run.folder,
  }
}

/** Undefined where every alarm counts, and where all scenarios are to run to their ends. */
function soughtOf({ checker, finding }: Partial<DefectHeader>, { toTheEnd }: Selftest): Pick<RunOptions, 'sought'> {
  if (checker === undefined || toTheEnd) return {}
  return { sought: { checker, ...(finding && { finding }) } }
}

const inSeconds = (ms: number) => Math.round(ms / 100) / 10

const quietly = (
  { out, seed, interruptedBy, environment, jobsEach }: Selftest,
  suite: string,
  scenarios: readonly Scenario[],
  own: Pick<RunOptions, 'patch' | 'sought' | 'withoutEvidence' | 'isEnough'> & { jobs?: number },
) =>
  runAll({
    jobs: jobsEach,
    patch: unpatched,
    ...own,
    headed: false,
    out: join(out, 'selftest'),
    interruptedBy,
    suite,
    scenarios,
    seed,
    nodes: 3,
    reporter: multiplex({}, () => {}),
    environment,
  })

/** Every scenario that a defect names or was caught by: what fails there without it says nothing about it. */
function cleanScenarios(results: readonly DefectResult[], { scenarios }: SelftestOptions): Scenario[] {
  const ids = new Set(results.map(({ scenario }) => scenario))
  return scenarios.filter(({ id }) => ids.has(id))
}

/** The same scenarios without a defect: whatever does not pass there is a false alarm. */
async function alarmsOfTheCleanSystem(clean: readonly Scenario[], selftest: Selftest): Promise<number> {
  if (selftest.interruptedBy() || clean.length === 0) return 0
  const run = await quietly(selftest, 'clean', clean, { jobs: selftest.jobs })
  const alarms = run.scenarios.filter(({ outcome }) => outcome !== 'passed')
  for (const { id: scenario, outcome, checks } of alarms) {
    const why = checks.filter((one) => one.outcome !== 'passed').map((one) => `${one.name}: ${one.why}`)
    selftest.onProgress({ kind: 'false alarm', scenario, outcome, why: why.join('; ') })
  }
  if (alarms.length === 0) selftest.onProgress({ kind: 'quiet', scenarios: clean.length })
  return alarms.length
}

/** A harness that cannot say no would pass everything above in its own way. */
async function runCanary(selftest: Selftest): Promise<SelftestResult['canary']> {
  if (selftest.interruptedBy()) return 'not run'
  const canaries = selftest.scenarios.filter(({ canary }) => canary)
  if (canaries.length === 0) return 'missed'
  const run = await quietly(selftest, 'canary', canaries, { jobs: selftest.jobs })
  const caught = run.scenarios.length > 0 && run.scenarios.every(({ outcome }) => outcome === 'violated')
  selftest.onProgress({ kind: 'canary', caught })
  return caught ? 'caught' : 'missed'
}
