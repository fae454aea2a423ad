import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describePlan } from '../plans/describe-plan.ts'
import { smallest } from '../plans/minimize.ts'
import { describeFaults, type Plan } from '../plans/plan.ts'
import type { Io } from '../platform/io.ts'
import { violatedCheckers, violatesOneOf } from '../verdict/result.ts'
import { findings, type PlanRun, type PlanRunner } from './plan-runner.ts'

/** So often a failure is told again, at first and in the end. */
const repeats = 6
export const pursuitDefaultMs = 300_000

/** A plan, and the times that it failed. */
interface Tried {
  plan: Plan
  told: PlanRun[]
}
type Reproduce = (plan: Plan) => Promise<PlanRun[]>

/** What became of a violation. */
export interface Reproduction {
  /** Of `of` times that the scenario was told again it failed so often in the same way. */
  again: { times: number; of: number }
  /** Small, and as sure to fail as it could be made. */
  smallest: Plan
  /** It, told again. */
  replayed: { times: number; of: number }
  findings: string[]
  /** A file with the smallest plan, for `squall replay`. */
  file: string
}

/** Tells a failed scenario again, to know how often it fails, and then with less and less, as long as there is time (FI-18). */
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
  io.err(`fails again ${again.length} of ${repeats} times: ${describeFaults(first.plan)}\n`)
  const smaller: Plan[] = []
  const take = (plan: Plan) => void smaller.push(plan)
  if (again.length > 0) {
    const begin = await simulatedFirst(first.plan, checkers, again.length, planRunner, runAgain, io)
    if (begin !== first.plan) take(begin)
    await smallest(begin, trial({ planRunner, fails, isOver, tries: triesFor(again.length), take, io }))
  }
  const small = (await mostReproducible(smaller, again.length, runAgain)) ?? { plan: first.plan, told: again }
  const { plan: least, told: replayed } = await surer(
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

/** Of ever smaller plans the last, or else one from halfway, that fails as often as the first: the smallest may hang by a moment. */
async function mostReproducible(
  smaller: readonly Plan[],
  times: number,
  runAgain: Reproduce,
): Promise<Tried | undefined> {
  for (const at of new Set([smaller.length - 1, (smaller.length - 1) >> 1])) {
    const plan = smaller[at]
    const told = plan ? await runAgain(plan) : []
    if (plan && told.length >= times) return { plan, told }
  }
  return undefined
}

/** Whoever wants to mend it needs a plan that fails each time: a few actions more may make it so. */
async function surer(
  small: Tried,
  makeSurer: (plan: Plan) => Promise<Plan | undefined>,
  runAgain: Reproduce,
  io: Io,
): Promise<Tried> {
  if (small.told.length === 0 || small.told.length === repeats) return small
  const plan = await makeSurer(small.plan)
  if (!plan || plan === small.plan) return small
  const told = await runAgain(plan)
  io.err(`fails ${told.length} of ${repeats} times, and not ${small.told.length}: ${sizeOf(plan)}\n`)
  return told.length > small.told.length ? { plan, told } : small
}

/** A simulation makes a plan small in seconds; it counts when it fails live as often. */
async function simulatedFirst(
  plan: Plan,
  checkers: readonly string[],
  times: number,
  { inSimulation }: PlanRunner,
  runAgain: Reproduce,
  io: Io,
): Promise<Plan> {
  const least = await inSimulation(plan, checkers)
  io.err(
    `in a simulation it ${least ? `fails too, and as small as this: ${describeFaults(least)}` : 'does not fail'}\n`,
  )
  return least && (await runAgain(least)).length >= times ? least : plan
}

/** What always fails needs one look; what fails seldom needs several before it may be said to pass. */
const triesFor = (times: number) => (times === repeats ? 1 : times * 2 >= repeats ? 2 : 3)

interface Trial {
  planRunner: PlanRunner
  fails(told: PlanRun): boolean
  isOver(): boolean
  tries: number
  /** Told of each plan that fails still. */
  take(plan: Plan): void
  io: Io
}

/** As many candidates in parallel as the machine can bear; the smallest that failed is the answer. */
function trial({ planRunner, fails, isOver, tries, take, io }: Trial) {
  const known = new Map<string, boolean>()
  return async (candidates: readonly Plan[]): Promise<number> => {
    for (let at = 0; at < candidates.length; ) {
      if (isOver()) return -1
      const some = candidates.slice(at, at + Math.max(1, Math.floor(planRunner.jobs / tries)))
      const fresh = some.filter((plan) => !known.has(JSON.stringify(plan)))
      const told =
        fresh.length > 0 ? await planRunner.run(fresh.flatMap((plan) => Array.from({ length: tries }, () => plan))) : []
      for (const plan of fresh)
        known.set(
          JSON.stringify(plan),
          told.some((one) => one.plan === plan && fails(one)),
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

/** What happened, how sure that is, and how to see it again. */
export const describeViolation = ({ again, smallest, replayed, findings, file }: Reproduction): string[] => [
  `Violated. Reproduced ${again.times} of ${again.of}. Minimal reproduction fails ${replayed.times} of ${replayed.of}:`,
  ...describePlan(smallest).map((line) => `    ${line}`),
  ...findings.map((line) => `  ${line}`),
  `Reproduce: ./squall replay ${file}`,
]
