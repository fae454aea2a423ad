import type { AnyLab } from './lab.ts'
import { batches } from './pipeline/batches.ts'
import { fair } from './pipeline/fair.ts'
import { groups } from './pipeline/groups.ts'
import { latency as pipelineLatency } from './pipeline/latency.ts'
import { loss } from './pipeline/loss.ts'
import { consumers } from './workshop/consumers.ts'
import { latency } from './workshop/latency.ts'
import { queue } from './workshop/queue.ts'
import { refuse } from './workshop/refuse.ts'
import { serialAsync } from './workshop/serial-async.ts'
import { supervisor } from './workshop/supervisor.ts'

/** Every lab, in the order of the list. */
export const labs: readonly AnyLab[] = [
  ...[serialAsync, refuse, queue, consumers, latency, supervisor],
  ...[batches, groups, pipelineLatency, fair, loss],
]
