import type { SystemPatch } from '../cluster/system-patch.ts'
import { createPlanRunner, type PlanRun } from '../explore/plan-runner.ts'
import { describeViolation, reproduceAndShrink, shrinkDefaultMs } from '../explore/reproduce-and-shrink.ts'
import { checkersThatFailed, shrinkSchedule } from '../explore/shrink-schedule.ts'
import { UsageError } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import type { Io } from '../platform/io.ts'
import { parseSeed } from '../platform/random.ts'
import { toolCommand } from '../platform/tool-command.ts'
import { codeOfLeaks } from '../reporters/leak-report.ts'
import { readRecord } from '../reporters/record.ts'
import { checkPrerequisites } from '../runner/prerequisites.ts'
import { type RunEnvironment, withRunEnvironment } from '../runner/run-environment.ts'
import { findRun } from '../runner/run-folder.ts'
import { targetOptions } from '../runner/run-options.ts'
import { loadKnown } from '../runner/selection.ts'
import { patchOf, recordedDefects } from '../selftest/defects.ts'
import type { ScenarioResult } from '../verdict/result.ts'
import type { Command } from './command.ts'
import { explorationJobs, flags, runArgument, runTarget } from './options.ts'
import { chosenFrom, readSchedule } from './replay.ts'
import { worstCode } from './run.ts'

interface ShrinkFlags {
  target?: string
  grep?: RegExp
  budget?: number
  jobs: number
  out?: string
  json?: boolean
}

export const shrink: Command = {
  name: 'shrink',
  ...runArgument,
  completes: 'paths',
  summary:
    'reduce a failed run to fewer faults (and a random scenario to fewer actions) that still violate the same invariant',
  options: [
    flags.grep,
    runTarget,
    { ...flags.budget, help: 'keep the smallest reproduction found within this time (default: 5m)' },
    explorationJobs,
    flags.out,
    flags.json,
  ],
  async run([name], options: ShrinkFlags, io) {
    const folder = findRun(name!, io)
    const recorded = readSchedule(folder)
    const failed = firstViolated(readRecord(folder).run.scenarios, options.grep)
    const own = { ...recorded, scenarios: recorded.scenarios.filter(({ id }) => id === failed.id) }
    const [scenario] = chosenFrom(own, await loadKnown(io))
    if (scenario!.recording)
      throw new UsageError(
        `${name} was recorded in the console and cannot be shrunk; "squall replay ${name}" does it again`,
      )
    const patch = await patchOf(recordedDefects(recorded.defects, io.root), io.root)
    checkPrerequisites(options.out, io)
    const budgetMs = options.budget ?? shrinkDefaultMs
    const where = targetOptions({ ...options, driver: recorded.driver }, io)
    const plan = scenario!.plan
    const checkers = plan ? [] : checkersThatFailed(failed)
    const seed = plan ? plan.seed : parseSeed(recorded.seed)
    const { done, leaks } = await withRunEnvironment({ ...where, seed, headed: false }, (environment) => {
      const its = { ...options, ...where, patch, environment }
      return plan
        ? shrinkPlan({ plan, result: failed, folder }, its, budgetMs, io)
        : shrinkSchedule({ ...its, failed, checkers, scenario: scenario!, recorded, budgetMs }, io)
    })
    return worstCode([done, codeOfLeaks(leaks, io)])
  },
}

function firstViolated(scenarios: readonly ScenarioResult[], grep?: RegExp): ScenarioResult {
  const failed = scenarios.find(({ id, outcome }) => outcome === 'violated' && (!grep || grep.test(id)))
  if (failed) return failed
  throw new UsageError('no invariant was violated in this run, so there is no failure to shrink')
}

async function shrinkPlan(
  failed: PlanRun,
  options: ShrinkFlags & { patch: SystemPatch; environment: RunEnvironment },
  budgetMs: number,
  io: Io,
): Promise<number> {
  const reproduction = await reproduceAndShrink(failed, createPlanRunner(options, io), io, budgetMs)
  io.out(
    options.json
      ? `${JSON.stringify(reproduction, null, 2)}\n`
      : `${describeViolation(reproduction, toolCommand(io)).join('\n')}\n`,
  )
  return reproduction.replayed.times > 0 ? exitCodes.violated : exitCodes.unknown
}
