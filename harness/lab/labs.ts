import { fanOut } from './channels/fan-out.ts'
import { metricsPage } from './channels/metrics-page.ts'
import { scale } from './channels/scale.ts'
import { slowPing } from './channels/slow-ping.ts'
import { transports } from './channels/transports.ts'
import { balance } from './deploy/balance.ts'
import { live } from './deploy/live.ts'
import { strategies } from './deploy/strategies.ts'
import type { AnyLab } from './lab.ts'
import { bytes } from './live/bytes.ts'
import { batches } from './pipeline/batches.ts'
import { fair } from './pipeline/fair.ts'
import { groups } from './pipeline/groups.ts'
import { latency as pipelineLatency } from './pipeline/latency.ts'
import { loss } from './pipeline/loss.ts'
import { nodes } from './pipeline/nodes.ts'
import { collect } from './runtime/collect.ts'
import { hibernate } from './runtime/hibernate.ts'
import { memory } from './runtime/memory.ts'
import { schedulers } from './runtime/schedulers.ts'
import { shardsLab } from './runtime/shards.ts'
import { apiCache } from './talk/api-cache.ts'
import { bigPage } from './talk/big-page.ts'
import { dashboard } from './talk/dashboard.ts'
import { exportLab } from './talk/export.ts'
import { profiler } from './todo/profiler.ts'
import { consumers } from './workshop/consumers.ts'
import { latency } from './workshop/latency.ts'
import { queue } from './workshop/queue.ts'
import { refuse } from './workshop/refuse.ts'
import { serialAsync } from './workshop/serial-async.ts'
import { supervisor } from './workshop/supervisor.ts'

/** Every lab, in the order of the list. */
export const labs: readonly AnyLab[] = [
  ...[serialAsync, refuse, queue, consumers, latency, supervisor],
  ...[batches, groups, pipelineLatency, fair, loss, nodes],
  ...[slowPing, metricsPage, fanOut, transports, scale, bytes],
  ...[schedulers, shardsLab, memory, hibernate, collect],
  ...[balance, strategies, live],
  ...[dashboard, exportLab, apiCache, bigPage, profiler],
]
