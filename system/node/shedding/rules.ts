import type { NodeConfig } from '../../platform/config.ts'
import type { SheddingRules } from './shedding.ts'

const mebibyte = 1_048_576

/** What the configuration says; without the variables of a rule there is none. */
export function sheddingRules(config: NodeConfig): SheddingRules {
  const { SHED_CPU_MAX: cpuMax, SHED_HEAP_MB_MAX: heapMb, SHED_MAX_AGE_MS: maxAgeMs } = config
  const range = {
    ...(cpuMax !== undefined && { cpuMax }),
    ...(heapMb !== undefined && { heapMaxBytes: heapMb * mebibyte }),
  }
  return {
    everyMs: config.SHED_EVERY_MS,
    countMax: config.SHED_COUNT,
    afterMs: config.SHED_AFTER_MS,
    ...(maxAgeMs !== undefined && { maxAgeMs }),
    ...(Object.keys(range).length > 0 && { range }),
  }
}
