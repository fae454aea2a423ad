import type { Generator, StageResult } from '../load/generator.ts'
import { type Gate, isBelievable, judgeGenerator } from '../load/honesty.ts'
import { quantileMs } from '../load/latencies.ts'
import type { StageOptions } from '../load/worker-messages.ts'
import { seedOf } from '../platform/random.ts'
import type { Arm, Role, Traffic } from './comparison.ts'
import type { Plan } from './plan.ts'
import { isSteady } from './steady.ts'

/** One run of one arm: fresh nodes, a warm-up, the stage that counts, and the stages of the curve. */
export interface Run {
  block: number
  role: Role
  warmUpMs: number
  /** Medians of the warm-up, one for each half second, in ms. */
  warmUpMedians: number[]
  isSteady: boolean
  primary: StageResult
  /** By the share of the capacity. */
  sweep: { share: number; stage: StageResult }[]
  gates: readonly Gate[]
}

export interface RunOptions {
  arm: Arm
  role: Role
  block: number
  traffic: Traffic
  plan: Plan
  /** The slower arm's capacity: both arms get the same rates. */
  capacityPerS: number
  /** Throws after Ctrl-C; called between two stages. */
  goOn(): void
}

const slotMs = 500
const warmUpStageMs = 1_500
const drainMs = 5_000

export const stageOf = (
  arm: Arm,
  traffic: Traffic,
  seed: number,
  ratePerS: number,
  durationMs: number,
): StageOptions => ({
  seed,
  ratePerS,
  durationMs,
  slotMs,
  event: arm.event,
  payloads: arm.payloads ?? traffic.payloads,
  mode: traffic.mode,
  drainMs,
})

/** A run is void when its generator was late or the system did not become steady. */
export const isVoid = ({ isSteady, gates }: Run): boolean => !isSteady || gates.some(({ passed }) => !passed)

/** All arms of a block get the same schedules (common random numbers). */
export async function runOnce(generator: Generator, options: RunOptions): Promise<Run> {
  const { arm, role, block, traffic, plan, capacityPerS, goOn } = options
  const seedFor = (purpose: string) => seedOf(plan.seed, `${purpose} of block ${block}`) >>> 0
  const run = (purpose: string, share: number, durationMs: number) => {
    goOn()
    return generator.run(stageOf(arm, traffic, seedFor(purpose), share * capacityPerS, durationMs))
  }
  const warmUpMedians: number[] = []
  let warmUpMs = 0
  while (warmUpMs < plan.warmUpLeastMs || (!isSteady(warmUpMedians) && warmUpMs < plan.warmUpMostMs)) {
    const { slots } = await run(`warm-up ${warmUpMs}`, plan.load, warmUpStageMs)
    warmUpMedians.push(...slots.map((slot) => quantileMs(slot, 0, 0.5)))
    warmUpMs += warmUpStageMs
  }
  const primary = await run('measurement', plan.load, plan.measureMs)
  const sweep: Run['sweep'] = []
  // The control is only for the verdict.
  for (const share of role === 'control' ? [] : plan.sweep)
    sweep.push({ share, stage: share === plan.load ? primary : await run(`load ${share}`, share, plan.sweepMs) })
  const gates = judgeGenerator(primary, plan.metric)
  return { block, role, warmUpMs, warmUpMedians, isSteady: isSteady(warmUpMedians), primary, sweep, gates }
}

/** Latency at a percentile; NaN where the generator was too late for it to mean anything. */
export const believedMs = (stage: StageResult, share: number): number =>
  isBelievable(stage, share) ? quantileMs(stage.latencies, stage.lost, share) : Number.NaN
