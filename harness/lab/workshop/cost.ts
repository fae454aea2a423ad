import type { RunSample } from '../../apps/workshop/control.ts'
import { percent } from '../../stats/percent.ts'
import { duration, megabytes } from '../format.ts'
import type { LabFigure } from '../lab.ts'
import type { LoadRun } from '../workshop-node.ts'

/** What `ab` prints, and what the run cost: processor, memory and actors before, at the peak and after (MR-9, MR-25). Pure. */
export function costOf(name: string, one: LoadRun): LabFigure[] {
  const { p50, p95, p99, max } = one.percentilesMs
  return [
    {
      what: `${name}: time taken, requests per second`,
      value: `${duration(one.tookMs)}, ${Math.round(one.perSecond)}`,
    },
    {
      what: `${name}: time per request, mean and across all`,
      value: `${one.meanMs.toFixed(1)} ms, ${one.acrossAllMs.toFixed(2)} ms`,
    },
    {
      what: `${name}: time per request, 50, 95, 99 and 100 %`,
      value: [p50, p95, p99, max].map((ms) => `${ms.toFixed(0)} ms`).join(', '),
    },
    { what: `${name}: failed, non-2xx`, value: `${one.failed}, ${one.non2xx}` },
    { what: `${name}: the generator was busy`, value: percent(one.busy) },
    ...usageOf(name, one.run.samples),
  ]
}

function usageOf(name: string, samples: readonly RunSample[]): LabFigure[] {
  const [first, last] = [samples[0], samples.at(-1)]
  if (!first || !last) return []
  const most = (of: (sample: RunSample) => number) => Math.max(...samples.map(of))
  const heap = [first.heapBytes, most(({ heapBytes }) => heapBytes), last.heapBytes].map(megabytes)
  return [
    { what: `${name}: processor time of the node`, value: duration(last.cpuMs - first.cpuMs) },
    { what: `${name}: heap before, at most, after`, value: heap.join(', ') },
    { what: `${name}: actors before, at most, after`, value: `${first.actors}, ${actorsMax(samples)}, ${last.actors}` },
  ]
}

export const actorsMax = (samples: readonly RunSample[]): number => Math.max(...samples.map(({ actors }) => actors))
