import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { LinkServer } from './api.ts'

/**
 * A link server in a thread of its own: what passes through its links must not wait for the rest of the harness, which stands still for
 * moments while it starts other clusters or judges other stories. Rejects with what kept it from starting.
 */
export async function startLinkThread({ seed }: { seed: number }): Promise<LinkServer> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { seed } })
  const [apiUrl] = (await once(worker, 'message')) as [string]
  return {
    apiUrl,
    async close() {
      const gone = once(worker, 'exit')
      worker.postMessage('close')
      await gone
    },
  }
}
