import type { ControlClient, NodeState } from '../../cluster/control-client.ts'

/** The workshop as its node reports it. */
export interface WorkshopPanel {
  settings: { useMs: number; limit: number; consumers: number; demand: number; workers: number }
  counts: {
    inside: number
    refused: number
    unprocessed: number
    processed: number
    dropped: number
    lost: number
  }
  latency: { last: number; mean: number; max: number }
  /** The most that were inside MockResource in this run. */
  insideMax: number
}

/** One moment of a run; `atMs` counts from its beginning. */
export interface RunSample {
  atMs: number
  inside: number
  refused: number
  unprocessed: number
  processed: number
  actors: number
  cpuMs: number
  rssBytes: number
  heapBytes: number
}

export interface WorkshopRun {
  samples: readonly RunSample[]
  events: readonly { depth: number; latencyMs: number }[]
  insideMax: number
}

/** Control-port actions of the workshop. */
export const workshopControl = ({ post, state }: Pick<ControlClient, 'post' | 'state'>) => ({
  panel: async () => (await state<NodeState & { workshop: WorkshopPanel }>()).workshop,
  run: () => post<WorkshopRun>('/workshop/run', {}),
  /** Begins a new run, to which belongs what goes on from now on. */
  clear: () => post<{ ok: true }>('/workshop/clear', {}),
  /** More consumers at any time; fewer while no event waits. */
  setConsumers: (count: number) => post<{ consumers: number }>('/workshop/consumers', { count }),
})
