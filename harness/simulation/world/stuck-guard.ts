import { Worker } from 'node:worker_threads'

export interface StuckGuard {
  /** A step of simulated time begins on this node; on none, without a name. */
  enter(node?: string): void
}

export interface StuckOptions {
  shared: SharedArrayBuffer
  names: readonly string[]
}

/**
 * Promises that lead to each other without a timer between them never give this thread a turn. Another thread notices that no step follows,
 * writes the end of the history, and ends the process.
 */
export function guardSteps(names: readonly string[]): StuckGuard {
  const shared = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)
  const [steps, node] = [0, 1]
  const counts = new Int32Array(shared)
  const workerData: StuckOptions = { shared, names }
  Atomics.store(counts, node, -1)
  const worker = new Worker(new URL('./stuck-guard-worker.ts', import.meta.url), { workerData, execArgv: [] })
  worker.unref()
  return {
    enter(name) {
      Atomics.add(counts, steps, 1)
      Atomics.store(counts, node, name === undefined ? -1 : names.indexOf(name))
    },
  }
}
