import { Worker } from 'node:worker_threads'

export interface LoopGuard {
  /** Resolves when the other thread has begun to look. */
  readonly ready: Promise<void>
  /** How often code that did not end was ended. */
  endedCount(): number
  stop(): void
}

export interface GuardOptions {
  /** For how long nothing else of this process may have a turn. */
  silentMaxMs: number
  beatEveryMs: number
}

const defaults: GuardOptions = { silentMaxMs: 30_000, beatEveryMs: 250 }

/**
 * Ends JavaScript of the main thread that never gives the event loop a turn, such as a step with an endless loop: timers cannot, because they
 * have no turn either. What it was part of does not go on, and its time limit is reached. Another thread notices, because this one stands still.
 */
export function guardLoop(own: Partial<GuardOptions> = {}): LoopGuard {
  const options = { ...defaults, ...own }
  const shared = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)
  const counts = new Int32Array(shared)
  const worker = new Worker(new URL('./loop-guard-worker.ts', import.meta.url), {
    workerData: { shared, ...options },
    execArgv: [],
  })
  // A guard that cannot work, such as in a process with another debugger, guards nothing and breaks nothing.
  worker.on('error', () => {})
  const ready = new Promise<void>((resolve) => worker.once('message', () => resolve()))
  worker.unref()
  const beat = setInterval(() => void Atomics.add(counts, 0, 1), options.beatEveryMs)
  beat.unref()
  return {
    ready,
    endedCount: () => Atomics.load(counts, 1),
    stop() {
      clearInterval(beat)
      void worker.terminate()
    },
  }
}
