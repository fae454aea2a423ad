import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { workloadOf } from '../apps/workloads.ts'
import { describePlan } from '../plans/describe-plan.ts'
import { smallest } from '../plans/minimize.ts'
import { describeFaults, type Plan } from '../plans/plan.ts'
import type { Io } from '../platform/io.ts'
import { shellWord } from '../platform/plain-text.ts'
import { violatedCheckers, violatesOneOf } from '../verdict/result.ts'
import { findings, type PlanRun, type PlanRunner } from './plan-runner.ts'

/** How many times a failing plan is run again, before and after shrinking. */
const repeats = 6
export const shrinkDefaultMs = 300_000

/** A plan with the runs of it that failed. */
interface Tried {
  plan: Plan
  failures: PlanRun[]
}
type Reproduce = (plan: Plan) => Promise<PlanRun[]>

/** A violation with its minimal reproduction. */
export interface Reproduction {
  /** The original plan failed in the same way `times` of `of` runs. */
  again: { times: number; of: number }
  /** The shrunk plan. */
  smallest: Plan
  /** How often the shrunk plan failed. */
  replayed: { times: number; of: number }
  findings: string[]
  /** Path of the shrunk plan, for `squall replay`. */
  file: string
}

/** Runs a failed plan again to measure how often it fails, then shrinks it until the budget is spent (FI-18). */
export async function reproduceAndShrink(
  first: PlanRun,
  planRunner: PlanRunner,
  io: Io,
  budgetMs: number,
): Promise<Reproduction> {
  const deadlineMs = io.clock.monotonicMs() + budgetMs
  const checkers = violatedCheckers(first.result)
  const fails = ({ result }: PlanRun) => violatesOneOf(checkers, result)
  const runAgain = async (plan: Plan) =>
    (await planRunner.run(Array.from({ length: repeats }, () => plan))).filter(fails)
  const isOver = () => io.interruption.by() !== undefined || io.clock.monotonicMs() > deadlineMs

  const again = await runAgain(first.plan)
  io.err(`reproduced ${again.length} of ${repeats}: ${describeFaults(first.plan)}\n`)
  const smaller: Plan[] = []
  const take = (plan: Plan) => void smaller.push(plan)
  if (again.length > 0) {
    const begin = await simulatedFirst(first.plan, checkers, again.length, planRunner, runAgain, io)
    if (begin !== first.plan) take(begin)
    await smallest(begin, trial({ planRunner, fails, isOver, tries: triesFor(again.length), take, io }))
  }
  const small = (await mostReproducible(smaller, again.length, runAgain)) ?? { plan: first.plan, failures: again }
  const { plan: least, failures: replayed } = await amplify(
    small,
    (plan) => planRunner.amplify(plan, checkers, () => !isOver()),
    runAgain,
    io,
  )
  const last = replayed[0] ?? first
  const file = join(last.folder, 'plan.json')
  writeFileSync(resolve(file), `${JSON.stringify(least, null, 2)}\n`)
  return {
    again: { times: again.length, of: repeats },
    smallest: least,
    replayed: { times: replayed.length, of: repeats },
    findings: findings(last.result),
    file,
  }
}

/** Returns the smallest plan, or else one from halfway, that fails as often as the first: the smallest may depend on exact timing. */
async function mostReproducible(
  smaller: readonly Plan[],
  times: number,
  runAgain: Reproduce,
): Promise<Tried | undefined> {
  for (const at of new Set([smaller.length - 1, (smaller.length - 1) >> 1])) {
    const plan = smaller[at]
    const failures = plan ? await runAgain(plan) : []
    if (plan && failures.length >= times) return { plan, failures }
  }
  return undefined
}

/** A plan that fails every time is easier to debug; a few more actions may get there. */
async function amplify(
  small: Tried,
  amplified: (plan: Plan) => Promise<Plan | undefined>,
  runAgain: Reproduce,
  io: Io,
): Promise<Tried> {
  if (small.failures.length === 0 || small.failures.length === repeats) return small
  const plan = await amplified(small.plan)
  if (!plan || plan === small.plan) return small
  const failures = await runAgain(plan)
  io.err(`amplified: fails ${failures.length} of ${repeats} instead of ${small.failures.length}: ${sizeOf(plan)}\n`)
  return failures.length > small.failures.length ? { plan, failures } : small
}

/** The simulator shrinks in seconds; its result counts only when it fails as often on a real cluster. */
async function simulatedFirst(
  plan: Plan,
  checkers: readonly string[],
  times: number,
  { inSimulation }: PlanRunner,
  runAgain: Reproduce,
  io: Io,
): Promise<Plan> {
  const least = await inSimulation(plan, checkers)
  io.err(`simulated: ${least ? `fails too; shrunk to ${describeFaults(least)}` : 'does not fail'}\n`)
  return least && (await runAgain(least)).length >= times ? least : plan
}

/** A plan that always fails needs one run; one that fails rarely needs several before it counts as passing. */
const triesFor = (times: number) => (times === repeats ? 1 : times * 2 >= repeats ? 2 : 3)

interface Trial {
  planRunner: PlanRunner
  fails(run: PlanRun): boolean
  isOver(): boolean
  tries: number
  /** Called with each plan that still fails. */
  take(plan: Plan): void
  io: Io
}

/** Returns the index of the first candidate that still fails, or -1; runs as many candidates in parallel as there are jobs. */
function trial({ planRunner, fails, isOver, tries, take, io }: Trial) {
  const known = new Map<string, boolean>()
  return async (candidates: readonly Plan[]): Promise<number> => {
    for (let at = 0; at < candidates.length; ) {
      if (isOver()) return -1
      const some = candidates.slice(at, at + Math.max(1, Math.floor(planRunner.jobs / tries)))
      const fresh = some.filter((plan) => !known.has(JSON.stringify(plan)))
      const runs =
        fresh.length > 0 ? await planRunner.run(fresh.flatMap((plan) => Array.from({ length: tries }, () => plan))) : []
      for (const plan of fresh)
        known.set(
          JSON.stringify(plan),
          runs.some((one) => one.plan === plan && fails(one)),
        )
      const hit = some.findIndex((plan) => known.get(JSON.stringify(plan)))
      io.err(`${hit >= 0 ? 'still fails' : 'passes'}: ${some.map(sizeOf).join(' | ')}\n`)
      if (hit >= 0) {
        take(some[hit]!)
        return at + hit
      }
      at += some.length
    }
    return -1
  }
}

const sizeOf = ({ faults, rounds }: Plan) => `${faults.length} faults, ${rounds.flat().length} actions`

/** Lines for people: how often it was reproduced, the minimal plan, what was violated, and how Squall, called as `command`, repeats it. */
export const describeViolation = (
  { again, smallest, replayed, findings, file }: Reproduction,
  command: string,
): string[] => [
  `Violated. Reproduced ${again.times} of ${again.of}. Minimal reproduction fails ${replayed.times} of ${replayed.of}:`,
  ...describePlan(smallest, workloadOf(smallest)).map((line) => `    ${line}`),
  ...findings.map((line) => `  ${line}`),
  `Reproduce: ${command} replay ${shellWord(file)}`,
]
