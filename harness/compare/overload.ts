import { backlogSlope } from '../load/capacity.ts'
import type { Generator } from '../load/generator.ts'
import { seedOf } from '../platform/random.ts'
import type { Arm, Traffic } from './comparison.ts'
import type { Overload } from './document.ts'
import type { Plan } from './plan.ts'
import { stageOf } from './run-once.ts'

interface OverloadOptions {
  arm: Arm
  traffic: Traffic
  plan: Plan
  capacityPerS: number
}

/** How far beyond the capacity of the slower arm the load goes. */
const factor = 1.3
const recoveryWithinMs = 15_000

/** Offers more than the slower arm can do, and looks how long it takes until everything is answered. */
export async function measureOverload(generator: Generator, options: OverloadOptions): Promise<Overload> {
  const { arm, traffic, plan, capacityPerS } = options
  const seed = seedOf(plan.seed, 'overload') >>> 0
  const stage = stageOf(arm, traffic, seed, factor * capacityPerS, plan.overloadMs)
  const result = await generator.run({ ...stage, drainMs: recoveryWithinMs })
  return {
    ratePerS: result.ratePerS,
    backlogSlopePerS: backlogSlope(result),
    lost: result.lost,
    recoveryMs: result.drainedMs ?? null,
  }
}
