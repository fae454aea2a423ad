import { unpatched } from '../../cluster/system-patch.ts'
import type { Clock } from '../../platform/clock.ts'
import { plansOf, runCampaign } from '../../simulation/campaign.ts'
import { startSimulator } from '../../simulation/simulator.ts'
import { violatedCheckers } from '../../verdict/result.ts'
import type { Coverage, CoverageStore } from '../coverage.ts'
import { executes } from '../executed.ts'
import type { Mutant } from '../mutant.ts'
import { patchWith } from '../mutant-patch.ts'
import type { Tier, TierResult } from './tier.ts'

const histories = 200
/** A mutant may make two parties answer each other for ever. */
const withinMs = 120_000

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
export function simulationTier({ root, seed, clock, coverage, sourceOf, goesOn }: SimulationOptions): Tier {
  async function judge(mutant: Mutant): Promise<TierResult> {
    const startedMs = clock.monotonicMs()
    const end = (result: Omit<TierResult, 'seconds'>) => ({ ...result, seconds: secondsSince(startedMs, clock) })
    if (coverage && !executes(coverage.executed, mutant.path, mutant.edit, sourceOf(mutant.path)))
      return end({ outcome: 'skipped', why: 'no simulated history executes the place' })
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
        onJudged: (judged) => {
          isCaught ||= judged.outcome === 'violated'
        },
      })
      const [first] = campaign.firsts.values()
      if (first) {
        const [by = ''] = violatedCheckers(first)
        const why = first.checks.find(({ name }) => name === by)?.why ?? ''
        return end({ outcome: 'caught', by, where: 'simulation', why })
      }
      if (campaign.histories < histories) return end({ outcome: 'unknown', why: 'it was interrupted' })
      if (simulator.neverLoaded().length > 0) return end({ outcome: 'skipped', why: 'the simulation does not load it' })
      return campaign.unknown * 2 >= campaign.histories
        ? end({ outcome: 'unknown', why: `${campaign.unknown} of ${campaign.histories} histories were inconclusive` })
        : end({ outcome: 'missed', why: `${campaign.histories} histories violated nothing` })
    } catch (error) {
      const why = isHung ? `it did not end within ${withinMs / 1_000} s` : (error as Error).message.split('\n')[0]!
      return end({ outcome: 'unknown', why })
    } finally {
      cancel()
      await simulator.stop()
    }
  }
  return { name: 'simulation', judge, close: async () => {} }
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
