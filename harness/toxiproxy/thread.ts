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

/** As the system calls the thread. */
export const linkThreadName = 'links'

/**
 * A worker thread for link servers. Proxied traffic must not be delayed by the main thread, which blocks briefly while it starts
 * other clusters or checks other scenarios. All servers share one thread because a thread is slow to start; the first server starts it.
 */
export function createLinkThread(): LinkThread {
  let worker: Worker | undefined
  let lastId = 0
  let hasEnded = false
  const waiting = new Map<number, { answer(of: ThreadAnswer): void; fail(error: Error): void }>()

  function started(): Worker {
    const made = new Worker(new URL('./worker.ts', import.meta.url), { name: linkThreadName })
    made.on('message', (answer: ThreadAnswer) => {
      waiting.get(answer.id)?.answer(answer)
      waiting.delete(answer.id)
    })
    made.on('exit', () => {
      hasEnded = true
      for (const { fail } of waiting.values()) fail(new ThreadEnded())
      waiting.clear()
    })
    return made
  }

  function ask(request: (id: number) => ThreadRequest): Promise<ThreadAnswer> {
    if (hasEnded) return Promise.reject(new ThreadEnded())
    worker ??= started()
    lastId += 1
    const id = lastId
    const answered = new Promise<ThreadAnswer>((answer, fail) => waiting.set(id, { answer, fail }))
    worker.postMessage(request(id))
    return answered
  }

  return {
    async startServer({ seed }) {
      const { id, apiUrl } = await ask((own) => ({ id: own, start: { seed } }))
      const stop = async () => void (await ask((own) => ({ id: own, stop: id })))
      // A server ends with its thread.
      return { apiUrl: apiUrl!, close: () => stop().catch(unlessOther) }
    },
    async close() {
      hasEnded = true
      await worker?.terminate()
    },
  }
}

class ThreadEnded extends Error {
  override name = 'ThreadEnded'
  constructor() {
    super('the thread of the links has ended')
  }
}

function unlessOther(error: unknown) {
  if (!(error instanceof ThreadEnded)) throw error
}
