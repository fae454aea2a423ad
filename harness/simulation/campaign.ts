import { createHash } from 'node:crypto'
import { pickFrom, simulatedWorkloads } from '../apps/workloads.ts'
import { amplified } from '../explore/amplify.ts'
import { smallest } from '../explore/minimize.ts'
import { createPlan, type Plan, shapeOf } from '../plans/plan.ts'
import { seededRandom, seedMost } from '../platform/random.ts'
import { violatedCheckers, violatesOneOf } from '../verdict/result.ts'
import { type Judged, judgeSimulated } from './judge.ts'
import { type Simulator, startSimulator } from './simulator.ts'

/** Endless plans, each with a seed of its own, from one seed. Pure. */
export function* plansOf(seed: number): Generator<Plan> {
  const random = seededRandom(seed)
  for (;;) {
    const own = random.integer(0, seedMost)
    yield createPlan(pickFrom(random, simulatedWorkloads), seededRandom(own), own)
  }
}

export interface Campaign {
  histories: number
  unknown: number
  violated: number
  /** Of all histories, in their order: the same seed and number have the same. */
  hash: string
  /** How often something of a plan could not be simulated. */
  skipped: Record<string, number>
  /** The first history that breaks each checker. */
  firsts: Map<string, Judged>
}

interface CampaignOptions {
  simulator: Simulator
  plans: Iterable<Plan>
  /** Asked before each history. */
  goesOn(told: number): boolean
  onJudged?(judged: Judged): void
}

/** So many are asked for ahead, so that telling and judging run in parallel. */
const aheadCount = 4

/** Tells the plans one after the other and judges each history. */
export async function runCampaign({ simulator, plans, goesOn, onJudged }: CampaignOptions): Promise<Campaign> {
  const hash = createHash('sha256')
  const campaign: Campaign = { histories: 0, unknown: 0, violated: 0, hash: '', skipped: {}, firsts: new Map() }
  const waiting: Promise<Judged>[] = []
  const source = plans[Symbol.iterator]()
  let askedCount = 0
  for (;;) {
    while (waiting.length < aheadCount && goesOn(askedCount)) {
      const next = source.next()
      if (next.done) break
      askedCount += 1
      const judged = simulator.run(next.value).then(judgeSimulated)
      // Whoever waits for an earlier one hears of the failure there.
      judged.catch(() => {})
      waiting.push(judged)
    }
    const judged = await waiting.shift()
    if (!judged) return { ...campaign, hash: hash.digest('hex') }
    hash.update(judged.hash)
    add(campaign, judged)
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

/** Starts a simulator for some work and stops it, however it went. */
async function withSimulator<T>(defects: readonly string[], work: (simulator: Simulator) => Promise<T>): Promise<T> {
  const simulator = startSimulator({ defects })
  try {
    return await work(simulator)
  } finally {
    await simulator.stop()
  }
}

/** The smallest plan that breaks one of these checkers, told once more. A simulation needs no second try. */
export async function shrink(simulator: Simulator, checkers: readonly string[], first: Plan): Promise<Judged> {
  const tell = async (plan: Plan) => judgeSimulated(await simulator.run(plan))
  const fails = async (plan: Plan) => violatesOneOf(checkers, await tell(plan))
  const firstThatFails = async (candidates: readonly Plan[]) => {
    for (const [index, plan] of candidates.entries()) if (await fails(plan)) return index
    return -1
  }
  return tell(await smallest(first, firstThatFails))
}

/** So many broken histories say where to look. */
const enough = 5

/**
 * Plans that break a checker in a simulation that goes on for as long as it is told to: each as small as it gets, and, as that may hang by a
 * moment that only a simulation meets again, as it was (FI-18).
 */
export async function scout(
  seed: number,
  defects: readonly string[],
  goesOn: (told: number) => boolean,
): Promise<Plan[]> {
  const broken: Judged[] = []
  return withSimulator(defects, async (simulator) => {
    await runCampaign({
      simulator,
      plans: plansOf(seed),
      goesOn: (told) => broken.length < enough && goesOn(told),
      onJudged: (judged) => void (judged.outcome === 'violated' && broken.push(judged)),
    })
    const plans: Plan[] = []
    for (const one of broken) plans.push((await shrink(simulator, violatedCheckers(one), one.plan)).plan, one.plan)
    return plans.filter((plan, index) => plans.findIndex((other) => shapeOf(plan) === shapeOf(other)) === index)
  })
}

/** So many different fates of the same plan say how often it fails. */
const seedsPerPlan = 10

/** The plan with what makes it fail more often, where a simulation can tell how often it fails; undefined where it never does (FI-18). */
export async function amplifyInSimulation(
  plan: Plan,
  checkers: readonly string[],
  defects: readonly string[],
  goesOn: () => boolean,
): Promise<Plan | undefined> {
  return withSimulator(defects, async (simulator) => {
    async function rateOf(one: Plan) {
      const told = Array.from({ length: seedsPerPlan }, (_, fate) => simulator.run({ ...one, seed: fate }))
      const failed = (await Promise.all(told)).filter((history) => violatesOneOf(checkers, judgeSimulated(history)))
      return failed.length / seedsPerPlan
    }
    if ((await rateOf(plan)) === 0) return undefined
    return amplified(plan, { rateOf, random: seededRandom(plan.seed), goesOn })
  })
}

/** The same for a failure that was seen live; undefined where no simulation shows it (FI-18). */
export const shrinkSimulated = (plan: Plan, checkers: readonly string[], defects: readonly string[]) =>
  withSimulator(defects, async (simulator) => {
    if (!violatesOneOf(checkers, judgeSimulated(await simulator.run(plan)))) return undefined
    return (await shrink(simulator, checkers, plan)).plan
  })
