import { availableParallelism } from 'node:os'
import pLimit from 'p-limit'
import { unpatched } from '../../cluster/system-patch.ts'
import type { Clock } from '../../platform/clock.ts'
import { type Campaign, plansOf, runCampaign } from '../../simulation/campaign.ts'
import { startSimulator } from '../../simulation/simulator.ts'
import { violatedCheckers } from '../../verdict/result.ts'
import type { Coverage, CoverageStore } from '../coverage.ts'
import { executes } from '../executed.ts'
import type { Mutant } from '../mutant.ts'
import { patchWith } from '../mutant-patch.ts'
import type { Tier, TierResult } from './tier.ts'

const histories = 200
/** A mutant may make two parties answer each other for ever. */
const withinMs = 180_000

interface SimulationOptions {
  root: string
  seed: number
  clock: Clock
  /** Undefined: it may have executed anything. */
  coverage: Coverage | undefined
  sourceOf(path: string): string
  goesOn(): boolean
}

/** Random scenarios in simulated time: cheap, and blind for browsers, HTTP, TCP and PostgreSQL. */
export function simulationTier(options: SimulationOptions): Tier {
  const { clock, coverage, sourceOf } = options
  const limit = pLimit(availableParallelism())
  const isExecuted = ({ path, edit }: Mutant) =>
    coverage === undefined || executes(coverage.executed, path, edit, sourceOf(path))

  async function judge(mutant: Mutant): Promise<TierResult> {
    const startedMs = clock.monotonicMs()
    const answer: Answer = isExecuted(mutant)
      ? await simulateWith(mutant, options)
      : { outcome: 'skipped', why: 'no simulated history executes the place' }
    return { ...answer, seconds: secondsSince(startedMs, clock) }
  }
  return { name: 'simulation', judge: (mutant) => limit(() => judge(mutant)), close: async () => {} }
}

type Answer = Omit<TierResult, 'seconds'>

async function simulateWith(mutant: Mutant, { root, seed, clock, goesOn }: SimulationOptions): Promise<Answer> {
  const simulator = startSimulator({ patch: await patchWith(mutant, root) })
  let isCaught = false
  let isHung = false
  const cancel = clock.after(withinMs, () => {
    isHung = true
    void simulator.stop()
  })
  try {
    const campaign = await runCampaign({
      simulator,
      plans: plansOf(seed),
      goesOn: (started) => started < histories && !isCaught && goesOn(),
      onJudged: ({ outcome }) => {
        isCaught ||= outcome === 'violated'
      },
    })
    const isLoaded = simulator.neverLoaded().length === 0
    return isLoaded ? answerOf(campaign) : { outcome: 'skipped', why: 'the simulation does not load it' }
  } catch (error) {
    const why = isHung ? `it did not end within ${withinMs / 1_000} s` : (error as Error).message.split('\n')[0]!
    return { outcome: 'unknown', why }
  } finally {
    cancel()
    await simulator.stop()
  }
}

/** Mostly inconclusive histories do not show that there is nothing to find. Pure. */
function answerOf({ firsts, histories: done, unknown }: Campaign): Answer {
  const [first] = firsts.values()
  if (first) {
    const [by = ''] = violatedCheckers(first)
    const why = first.checks.find(({ name }) => name === by)?.why ?? ''
    return { outcome: 'caught', by, where: 'simulation', why }
  }
  if (done < histories) return { outcome: 'unknown', why: 'it was interrupted' }
  return unknown * 2 >= done
    ? { outcome: 'unknown', why: `${unknown} of ${done} histories were inconclusive` }
    : { outcome: 'missed', why: `${done} histories violated nothing` }
}

/** What the histories execute without a mutant. */
export const recordSimulation = (store: CoverageStore, seed: number, clock: Clock) =>
  store.record('simulation', async (into) => {
    const startedMs = clock.monotonicMs()
    const simulator = startSimulator({ patch: { ...unpatched, coverage: into } })
    try {
      const campaign = await runCampaign({ simulator, plans: plansOf(seed), goesOn: (started) => started < histories })
      // The last pieces are written within half a second.
      await clock.sleep(settleMs)
      const outcome = campaign.violated > 0 ? 'violated' : 'passed'
      return { outcome, durationMs: Math.round(clock.monotonicMs() - startedMs) }
    } finally {
      await simulator.stop()
    }
  })

const settleMs = 1_500

export const secondsSince = (startedMs: number, clock: Clock) =>
  Math.round((clock.monotonicMs() - startedMs) / 100) / 10
