import type { SystemPatch } from '../cluster/system-patch.ts'
import { minimized } from '../plans/minimize.ts'
import type { Schedule, ScheduleEntry } from '../plans/schedule.ts'
import { UsageError } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import type { Io } from '../platform/io.ts'
import { parseSeed } from '../platform/random.ts'
import { toolCommand } from '../platform/tool-command.ts'
import { multiplex } from '../reporters/multiplexer.ts'
import { type RunOptions, runAll } from '../runner/run.ts'
import type { RunEnvironment } from '../runner/run-environment.ts'
import { baseOptions } from '../runner/run-options.ts'
import type { Scenario } from '../scenario.ts'
import { type ScenarioResult, violatedCheckers, violatesOneOf } from '../verdict/result.ts'

/** Enough for a failure that occurs every other time. */
const triesPerCandidate = 2

interface ScheduleFailure {
  failed: ScenarioResult
  /** Violated checkers that remain meaningful with fewer faults. */
  checkers: readonly string[]
  scenario: Scenario
  recorded: Schedule
  /** What the recorded run was started with. */
  patch: SystemPatch
  budgetMs: number
  environment: RunEnvironment
  out?: string
  json?: boolean
}

/** Repeats a scenario with fewer of its recorded faults and returns which of them the failure needs. */
export async function shrinkSchedule(
  { failed, checkers, scenario, recorded, patch, budgetMs, environment, ...options }: ScheduleFailure,
  io: Io,
): Promise<number> {
  const { entries } = recorded.scenarios.find(({ id }) => id === failed.id)!
  const deadlineMs = io.clock.monotonicMs() + budgetMs
  const isOver = () => io.interruption.by() !== undefined || io.clock.monotonicMs() > deadlineMs
  let runFolder: string | undefined

  async function fails(kept: readonly ScheduleEntry[]): Promise<boolean> {
    for (let tries = triesPerCandidate; tries > 0 && !isOver(); tries -= 1) {
      const run = await runAll({
        ...optionsFor({ scenario, recorded, patch }, keeping(entries, kept), options.out, io),
        environment,
      })
      const isSame = run.scenarios.some((result) => violatesOneOf(checkers, result))
      io.err(`${isSame ? 'still fails' : 'passes'}: ${describeFaults(kept)}\n`)
      if (isSame) runFolder = run.folder
      if (isSame) return true
    }
    return false
  }
  async function firstThatFails(candidates: readonly (readonly ScheduleEntry[])[]) {
    for (const [index, kept] of candidates.entries()) if (await fails(kept)) return index
    return -1
  }

  const faults = entries.filter(({ kind, leftOut }) => kind === 'fault' && !leftOut)
  const least = await minimized(faults, firstThatFails)
  if (runFolder === undefined) await fails(faults)
  const summary = { scenario: failed.id, checkers, faults: least, run: runFolder }
  io.out(options.json ? `${JSON.stringify(summary, null, 2)}\n` : conclusion(summary, toolCommand(io)))
  return runFolder === undefined ? exitCodes.unknown : exitCodes.violated
}

/** Expectations presume the faults before them and would fail for another reason without them; checkers hold whatever happens. */
export function checkersThatFailed(failed: ScenarioResult): string[] {
  const checkers = violatedCheckers(failed).filter((checker) => checker !== 'expectations')
  if (checkers.length > 0) return checkers
  throw new UsageError(
    `what failed in ${failed.id} is an expectation, which presumes the faults before it; only where an invariant failed can faults be left out`,
  )
}

/** Returns the same schedule with the other faults marked as left out. */
export const keeping = (entries: readonly ScheduleEntry[], kept: readonly ScheduleEntry[]): ScheduleEntry[] =>
  entries.map((one) => (one.kind === 'fault' && !kept.includes(one) ? { ...one, leftOut: true as const } : one))

const optionsFor = (
  { scenario, recorded, patch }: Pick<ScheduleFailure, 'scenario' | 'recorded' | 'patch'>,
  entries: ScheduleEntry[],
  out: string | undefined,
  io: Io,
): RunOptions => ({
  ...baseOptions({ jobs: 1, ...(out !== undefined && { out }) }, io),
  suite: 'shrink',
  scenarios: [scenario],
  seed: parseSeed(recorded.seed),
  nodes: recorded.nodes,
  pubsub: recorded.pubsub,
  patch,
  recorded: { ...recorded, scenarios: [{ id: scenario.id, entries }] },
  reporter: multiplex({}, () => {}),
})

const describeFaults = (faults: readonly ScheduleEntry[]) =>
  faults.length === 0 ? 'no fault' : faults.map(({ name, target }) => `${name} ${target}`).join(', ')

interface Summary {
  scenario: string
  checkers: readonly string[]
  faults: readonly ScheduleEntry[]
  run: string | undefined
}

const conclusion = ({ scenario, checkers, faults, run }: Summary, command: string) =>
  run === undefined
    ? `${scenario} did not violate ${checkers.join(' or ')} again: nothing can be left out of what does not fail\n`
    : `${scenario} violates ${checkers.join(', ')} with ${describeFaults(faults)}\nReproduce: ${command} replay ${run}\n`
