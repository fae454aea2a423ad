import { z } from 'zod'
import { type ConfigOf, onOff, positiveInteger } from '../../../platform/config.ts'

export const pipelineVariables = {
  PIPELINE_PRODUCER: z.enum(['memory', 'durable']).default('memory'),
  PIPELINE_BUFFER_MAX: positiveInteger.default(10_000),
  PIPELINE_CONSUMER: z.enum(['consumer_supervisor', 'consumer']).default('consumer_supervisor'),
  PIPELINE_CONSUMERS: positiveInteger.default(1),
  PIPELINE_MAX_DEMAND: positiveInteger.default(10),
  PIPELINE_MIN_DEMAND: z.coerce.number().int().nonnegative().optional(),
  PIPELINE_DISPATCH: z.enum(['fifo', 'fair']).default('fifo'),
  PIPELINE_SKIP_OFFLINE: onOff('off'),
  PIPELINE_WORK_MS: positiveInteger.default(1_000),
} as const

export type PipelineConfig = ConfigOf<typeof pipelineVariables>

/** A sentence about the first combination that cannot be (PM-63). */
export function pipelineProblem(config: PipelineConfig): string | undefined {
  const { PIPELINE_MIN_DEMAND: min, PIPELINE_MAX_DEMAND: max } = config
  if (min !== undefined && min >= max)
    return `PIPELINE_MIN_DEMAND is ${min}: expected a number below PIPELINE_MAX_DEMAND, which is ${max}`
  if (config.PIPELINE_PRODUCER === 'durable' && !config.DATABASE_URL)
    return 'PIPELINE_PRODUCER is durable but DATABASE_URL is not set: say where the items are kept'
  return undefined
}
