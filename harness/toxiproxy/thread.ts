import { Worker } from 'node:worker_threads'
import type { LinkServer } from './api.ts'

/** What the thread is asked to do, each with a number of the asker's; it answers with the number when it is done. */
export type ThreadRequest = { id: number; start: { seed: number } } | { id: number; stop: number }
export interface ThreadAnswer {
  id: number
  apiUrl?: string
}

export interface LinkThread {
  startServer(options: { seed: number }): Promise<LinkServer>
  /** Ends it with all of its servers. */
  close(): Promise<void>
}

/**
 * A thread for link servers: what passes through their links must not wait for the rest of the harness, which stands still for moments
 * while it starts other clusters or judges other scenarios. One for many servers, as it takes long to start; it starts with the first.
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
