import type { RunSample, WorkshopRun } from '../../../harness/apps/workshop/control.ts'
import type { LoadRun } from '../../../harness/lab/workshop-node.ts'

const sampleEveryMs = 50

const sample = (atMs: number, change: Partial<RunSample> = {}): RunSample => ({
  atMs,
  inside: 0,
  refused: 0,
  unprocessed: 0,
  processed: 0,
  actors: 3,
  cpuMs: atMs,
  rssBytes: 90_000_000,
  heapBytes: 22_000_000,
  ...change,
})

/** Samples of so many ms, each made by `of`. */
export const samplesOf = (forMs: number, of: (atMs: number) => Partial<RunSample> = () => ({})): RunSample[] =>
  Array.from({ length: Math.floor(forMs / sampleEveryMs) + 1 }, (_, index) =>
    sample(index * sampleEveryMs, of(index * sampleEveryMs)),
  )

/** A load that went as it should, with what the test changes. */
export function loadRun(change: Partial<Omit<LoadRun, 'run'>> & { run?: Partial<WorkshopRun> } = {}): LoadRun {
  const count = change.load?.count ?? 3_000
  return {
    load: { endpoint: 'serial', count, concurrency: 50 },
    useMs: 80,
    tookMs: 5_000,
    perSecond: 600,
    meanMs: 83,
    acrossAllMs: 1.7,
    failed: 0,
    non2xx: 0,
    ok: count,
    percentilesMs: { p50: 81, p95: 85, p99: 90, max: 110 },
    busy: 0.4,
    drainMs: 0,
    refused: 0,
    dropped: 0,
    limits: {},
    ...change,
    run: { samples: samplesOf(1_000), events: [], insideMax: 50, ...change.run },
  }
}

/** A backlog of so many events, of which every `eachMs` one is processed. */
export function drained(
  count: number,
  eachMs: number,
  change: Partial<Omit<LoadRun, 'run'>> & { run?: Partial<WorkshopRun> } = {},
): LoadRun {
  const wholeMs = count * eachMs
  const tookMs = Math.min(300, wholeMs / 4)
  const left = (atMs: number) => Math.max(0, Math.round(count - atMs / eachMs))
  return loadRun({
    load: { endpoint: 'genstage', count, concurrency: 50 },
    ok: count,
    tookMs,
    drainMs: wholeMs - tookMs,
    ...change,
    run: {
      samples: samplesOf(wholeMs + 1_000, (atMs) => ({ unprocessed: left(atMs) })),
      events: Array.from({ length: count }, (_, index) => ({ depth: index + 1, latencyMs: (index + 1) * eachMs })),
      insideMax: 1,
      ...change.run,
    },
  })
}
