import { createTeller, type Told } from '../explore/plan-runner.ts'
import { pursue, pursuitDefaultMs, violationInWords } from '../explore/reproduce-and-shrink.ts'
import { lawsThatFailed, shrinkTape } from '../explore/shrink-schedule.ts'
import { codeOfLeaks } from '../reporters/leak-report.ts'
import { readRecord } from '../reporters/record.ts'
import { type Premises, withPremises } from '../runner/run-environment.ts'
import { findRun } from '../runner/run-folder.ts'
import { loadAll } from '../runner/scenario-files.ts'
import { exitCodes, type ScenarioResult } from '../verdict/result.ts'
import type { Command, Io } from './command.ts'
import { UsageError } from './errors.ts'
import { flags, parseSeed, storyJobs } from './options.ts'
import { chosenFrom, readSchedule } from './replay.ts'
import { demandAll, targetOptions, worstCode } from './run.ts'

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
  argument: '<run>',
  summary:
    'repeat a failed run with fewer faults, and a random story with fewer deeds too, while the same law is violated',
  options: [
    flags.grep,
    flags.target,
    { ...flags.budget, help: 'stop after this long with what is the smallest by then (default: 5m)' },
    storyJobs,
    flags.out,
    flags.json,
  ],
  async run([name], options: ShrinkFlags, io) {
    const folder = findRun(name!, io)
    const recorded = readSchedule(folder)
    const failed = firstViolated(readRecord(folder).run.scenarios, options.grep)
    const own = { ...recorded, scenarios: recorded.scenarios.filter(({ id }) => id === failed.id) }
    const [scenario] = chosenFrom(own, await loadAll(io.root))
    demandAll(options.out, io)
    const budgetMs = options.budget ?? pursuitDefaultMs
    const where = targetOptions({ ...options, driver: recorded.driver }, io)
    const plan = scenario!.plan
    const laws = plan ? [] : lawsThatFailed(failed)
    const seed = plan ? plan.seed : parseSeed(recorded.seed)
    const { done, leaks } = await withPremises({ ...where, seed, headed: false }, (premises) => {
      const its = { ...options, ...where, defect: recorded.defects, premises }
      return plan
        ? shrinkPlan({ plan, result: failed, folder }, its, budgetMs, io)
        : shrinkTape({ ...its, failed, laws, scenario: scenario!, recorded, budgetMs }, io)
    })
    return worstCode([done, codeOfLeaks(leaks, io)])
  },
}

function firstViolated(scenarios: readonly ScenarioResult[], grep?: RegExp): ScenarioResult {
  const failed = scenarios.find(({ id, outcome }) => outcome === 'violated' && (!grep || grep.test(id)))
  if (failed) return failed
  throw new UsageError('no law was violated in this run, so there is no failure to make smaller')
}

async function shrinkPlan(
  failed: Told,
  options: ShrinkFlags & { defect: readonly string[]; premises: Premises },
  budgetMs: number,
  io: Io,
): Promise<number> {
  const pursued = await pursue(failed, createTeller(options, io), io, budgetMs)
  io.out(options.json ? `${JSON.stringify(pursued, null, 2)}\n` : `${violationInWords(pursued).join('\n')}\n`)
  return pursued.replayed.times > 0 ? exitCodes.violated : exitCodes.unknown
}
