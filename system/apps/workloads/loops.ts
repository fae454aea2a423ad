import { Worker } from 'node:worker_threads'

/** Endless loops in worker threads: each takes a core, and the thread that serves has to go on all the same (RT-55). */
export interface Loops {
  /** Runs so many in place of those before; 0 ends them. Resolves when all of them run. */
  run(count: number): Promise<void>
  /** Of each, since it began: how much work it has done. */
  rounds(): number[]
}

interface Loop {
  worker: Worker
  rounds: Int32Array
}

/** JavaScript as text, because a node may run from one bundled file that has no modules beside it. */
const source = `
const { workerData } = require('node:worker_threads')
const rounds = new Int32Array(workerData)
let value = 1
for (;;) {
  for (let step = 0; step < 100_000; step += 1) value = (Math.imul(value, 1_664_525) + 1_013_904_223) | 0
  Atomics.add(rounds, 0, 1)
}`

export function createLoops(): Loops {
  let loops: Loop[] = []
  return {
    async run(count) {
      const ended = loops.map(({ worker }) => worker.terminate())
      loops = Array.from({ length: count }, startLoop)
      await Promise.all([...ended, ...loops.map(({ worker }) => isOnline(worker))])
    },
    rounds: () => loops.map(({ rounds }) => Atomics.load(rounds, 0)),
  }
}

function startLoop(): Loop {
  const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  return { worker: new Worker(source, { eval: true, workerData: shared }), rounds: new Int32Array(shared) }
}

const isOnline = (worker: Worker) => new Promise<void>((resolve) => worker.once('online', () => resolve()))
