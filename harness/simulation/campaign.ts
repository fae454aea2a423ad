import { createHash } from 'node:crypto'
import { pickFrom, simulatedWorkloads, workloadOf } from '../apps/workloads.ts'
import { simulationEnds } from '../checkers/core/simulation-ends.ts'
import type { SystemPatch } from '../cluster/system-patch.ts'
import { amplified } from '../plans/amplify.ts'
import { smallest } from '../plans/minimize.ts'
import { createPlan, type Plan, shapeOf } from '../plans/plan.ts'
import { seededRandom, seedMost } from '../platform/random.ts'
import { violatedCheckers, violatesOneOf } from '../verdict/result.ts'
import { type Judged, judgeSimulated } from './judge.ts'
import { type Simulator, startSimulator } from './simulator.ts'

/** Yields endless plans from one seed, each with a seed of its own. Pure. */
export function* plansOf(seed: number): Generator<Plan> {
  const random = seededRandom(seed)
  for (;;) {
    const own = random.integer(0, seedMost)
    yield createPlan(pickFrom(random, simulatedWorkloads), seededRandom(own), own)
  }
}

/** Whether a violation of this checker says that a history has no end. */
export const isEndless = (checker: string): boolean => checker === simulationEnds.name

export interface Campaign {
  histories: number
  unknown: number
  violated: number
  /** Hash over all histories in order; the same seed and number give the same hash. */
  hash: string
  /** How often each unsupported part of a plan was skipped. */
  skipped: Record<string, number>
  /** The first history that violates each checker. */
  firsts: Map<string, Judged>
}

interface CampaignOptions {
  simulator: Simulator
  plans: Iterable<Plan>
  /** Asked before each history. */
  goesOn(startedCount: number): boolean
  onJudged?(judged: Judged): void
}

/** A few histories without an end say what there is to say, and each takes long. */
const endlessMax = 3
/** Requested ahead, so that simulating and judging overlap. */
const aheadCount = 4

/** Simulates the plans in order and judges each history. */
export async function runCampaign({ simulator, plans, goesOn, onJudged }: CampaignOptions): Promise<Campaign> {
  const hash = createHash('sha256')
  const campaign: Campaign = { histories: 0, unknown: 0, violated: 0, hash: '', skipped: {}, firsts: new Map() }
  const waiting: Promise<Judged>[] = []
  const source = plans[Symbol.iterator]()
  let askedCount = 0
  let endless = 0
  for (;;) {
    while (waiting.length < aheadCount && endless < endlessMax && goesOn(askedCount)) {
      const next = source.next()
      if (next.done) break
      askedCount += 1
      const judged = simulator.run(next.value).then(judgeSimulated)
      // The failure is reported where this history is awaited.
      judged.catch(() => {})
      waiting.push(judged)
    }
    const judged = await waiting.shift()
    if (!judged) return { ...campaign, hash: hash.digest('hex') }
    hash.update(judged.hash)
    add(campaign, judged)
    if (violatedCheckers(judged).some(isEndless)) endless += 1
    onJudged?.(judged)
  }
}

function add(campaign: Campaign, judged: Judged) {
  campaign.histories += 1
  if (judged.outcome === 'unknown') campaign.unknown += 1
  if (judged.outcome === 'violated') campaign.violated += 1
  for (const what of judged.skipped) campaign.skipped[what] = (campaign.skipped[what] ?? 0) + 1
  for (const checker of violatedCheckers(judged))
    if (!campaign.firsts.has(checker)) campaign.firsts.set(checker, judged)
}

/** Starts a simulator for some work and always stops it. */
async function withSimulator<T>(patch: SystemPatch, work: (simulator: Simulator) => Promise<T>): Promise<T> {
  const simulator = startSimulator({ patch })
  try {
    return await work(simulator)
  } finally {
    await simulator.stop()
  }
}

/** Returns the smallest plan that violates one of the checkers, with its history. The simulator is deterministic, so one run decides. */
export async function shrink(simulator: Simulator, checkers: readonly string[], first: Plan): Promise<Judged> {
  const run = async (plan: Plan) => judgeSimulated(await simulator.run(plan))
  const fails = async (plan: Plan) => violatesOneOf(checkers, await run(plan))
  const firstThatFails = async (candidates: readonly Plan[]) => {
    for (const [index, plan] of candidates.entries()) if (await fails(plan)) return index
    return -1
  }
  return run(await smallest(first, firstThatFails))
}

/** This many violations are enough to start with. */
const enough = 5

/**
 * Returns plans that violate an invariant in the simulator: each shrunk, and also as drawn, because a shrunk plan may depend on timing that a
 * real cluster does not reproduce (FI-18).
 */
export async function scout(
  seed: number,
  patch: SystemPatch,
  goesOn: (startedCount: number) => boolean,
): Promise<Plan[]> {
  const broken: Judged[] = []
  return withSimulator(patch, async (simulator) => {
    await runCampaign({
      simulator,
      plans: plansOf(seed),
      goesOn: (startedCount) => broken.length < enough && goesOn(startedCount),
      onJudged: (judged) => void (judged.outcome === 'violated' && broken.push(judged)),
    })
    const plans: Plan[] = []
    for (const one of broken) plans.push((await shrink(simulator, violatedCheckers(one), one.plan)).plan, one.plan)
    return plans.filter((plan, index) => plans.findIndex((other) => shapeOf(plan) === shapeOf(other)) === index)
  })
}

/** A plan is simulated with this many seeds to estimate how often it fails. */
const seedsPerPlan = 10

/** Returns the plan with more actions that make it fail more often; undefined where it never fails in the simulator (FI-18). */
export async function amplifyInSimulation(
  plan: Plan,
  checkers: readonly string[],
  patch: SystemPatch,
  goesOn: () => boolean,
): Promise<Plan | undefined> {
  return withSimulator(patch, async (simulator) => {
    async function rateOf(one: Plan) {
      const runs = Array.from({ length: seedsPerPlan }, (_, seed) => simulator.run({ ...one, seed }))
      const failed = (await Promise.all(runs)).filter((history) => violatesOneOf(checkers, judgeSimulated(history)))
      return failed.length / seedsPerPlan
    }
    if ((await rateOf(plan)) === 0) return undefined
    return amplified(plan, { source: workloadOf(plan), rateOf, random: seededRandom(plan.seed), goesOn })
  })
}

/** Shrinks a failure seen on a real cluster in the simulator; undefined where the simulator does not show it (FI-18). */
export const shrinkSimulated = (plan: Plan, checkers: readonly string[], patch: SystemPatch) =>
  withSimulator(patch, async (simulator) => {
    if (!violatesOneOf(checkers, judgeSimulated(await simulator.run(plan)))) return undefined
    return (await shrink(simulator, checkers, plan)).plan
  })
