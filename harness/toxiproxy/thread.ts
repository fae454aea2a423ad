import { Worker } from 'node:worker_threads'
import type { LinkServer } from './api.ts'

/** Requests to the thread. The caller chooses a number for each request, and the reply carries the same number. */
export type ThreadRequest = { id: number; start: { seed: number } } | { id: number; stop: number }
export interface ThreadAnswer {
  id: number
  apiUrl?: string
}

export interface LinkThread {
  startServer(options: { seed: number }): Promise<LinkServer>
  /** Stops the thread and all of its servers. */
  close(): Promise<void>
}

/**
 * A worker thread for link servers. Proxied traffic must not be delayed by the main thread, which blocks briefly while it starts
 * other clusters or checks other scenarios. All servers share one thread because a thread is slow to start; the first server starts it.
 */
export function createLinkThread(): LinkThread {
  let worker: Worker | undefined
  let lastId = 0
  const waiting = new Map<number, (answer: ThreadAnswer) => void>()

  function started(): Worker {
    const made = new Worker(new URL('./worker.ts', import.meta.url))
    made.on('message', (answer: ThreadAnswer) => {
      waiting.get(answer.id)?.(answer)
      waiting.delete(answer.id)
    })
    return made
  }

  function ask(request: (id: number) => ThreadRequest): Promise<ThreadAnswer> {
    worker ??= started()
    lastId += 1
    const id = lastId
    const answered = new Promise<ThreadAnswer>((resolve) => waiting.set(id, resolve))
    worker.postMessage(request(id))
    return answered
  }

  return {
    async startServer({ seed }) {
      const { id, apiUrl } = await ask((own) => ({ id: own, start: { seed } }))
      return { apiUrl: apiUrl!, close: async () => void (await ask((own) => ({ id: own, stop: id }))) }
    },
    async close() {
      await worker?.terminate()
    },
  }
}
