import { MessageChannel, Worker } from 'node:worker_threads'
import { openSharedTable } from './shared-table.ts'
import {
  listCount,
  listName,
  serverOf,
  type ThreadLoad,
  type ThreadResult,
  type ThreadRole,
} from './thread-messages.ts'

/** What a load did on all threads together. */
export interface ThreadsResult extends ThreadResult {
  tookMs: number
}

export interface Threads {
  /** Shares the clients among the threads, and waits until all have done their lookups. */
  run(load: ThreadLoad, threads: number): Promise<ThreadsResult>
  close(): Promise<void>
}

/** Starts a thread with the actor, and threads for clients that can ask it or look into one table. */
export function startThreads(threadsMax: number, nowMs: () => number): Threads {
  const table = openSharedTable()
  for (let index = 0; index < listCount; index += 1) table.insert(listName(index), serverOf(index))
  const channels = Array.from({ length: threadsMax }, () => new MessageChannel())
  const actor = startThread({ is: 'actor', ports: channels.map(({ port1 }) => port1) })
  const clients = channels.map(({ port2 }) => startThread({ is: 'clients', actor: port2, table: table.buffer }))
  return {
    async run(load, threads) {
      const startedMs = nowMs()
      const shares = clients.slice(0, threads).map((worker, index) => {
        const share = Math.floor((load.clients + index) / threads)
        return share > 0 ? ask(worker, { ...load, clients: share }) : { wrong: 0, cpuMs: 0 }
      })
      const results = await Promise.all(shares)
      const sum = (of: (one: ThreadResult) => number) => results.reduce((total, one) => total + of(one), 0)
      return { tookMs: nowMs() - startedMs, wrong: sum(({ wrong }) => wrong), cpuMs: sum(({ cpuMs }) => cpuMs) }
    },
    async close() {
      await Promise.all([actor, ...clients].map((worker) => worker.terminate()))
    },
  }
}

function startThread(role: ThreadRole): Worker {
  const transferList = role.is === 'actor' ? role.ports : [role.actor]
  return new Worker(new URL('./worker.ts', import.meta.url), { workerData: role, transferList })
}

function ask(worker: Worker, load: ThreadLoad): Promise<ThreadResult> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      worker.off('message', take)
      worker.off('error', fail)
    }
    const take = (result: ThreadResult) => {
      settle()
      resolve(result)
    }
    const fail = (error: Error) => {
      settle()
      reject(error)
    }
    worker.on('message', take)
    worker.on('error', fail)
    worker.postMessage(load)
  })
}
