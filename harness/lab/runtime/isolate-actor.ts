import { serialize } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { Clock } from '../../platform/clock.ts'

/** All that the actor needs to go on in another isolate. */
export interface IsolateState {
  lists: string[][]
}

export interface IsolateRequest {
  do: 'allocate' | 'clear' | 'noop' | 'collect' | 'heap' | 'state'
  count?: number
  id: number
}

export interface IsolateReply {
  id: number
  value: unknown
}

/**
 * The actor of the text with a heap of its own that can be measured: an isolate in a worker thread (RT-63). Hibernation ends the isolate and
 * keeps its state; the next message starts another one with it (RT-64).
 */
export interface IsolateActor {
  ask<T = void>(what: IsolateRequest['do'], count?: number): Promise<T>
  hibernate(): Promise<void>
  /** The heap in use; of one that hibernates, the bytes of its state. */
  bytes(): Promise<number>
  readonly hibernated: boolean
  end(): Promise<void>
}

interface IsolateActorOptions {
  clock: Pick<Clock, 'after'>
  /** Default: it does not by itself; 0: after every message. */
  hibernateAfterMs?: number
}

export function createIsolateActor({ clock, hibernateAfterMs }: IsolateActorOptions): IsolateActor {
  let isolate: Isolate | undefined
  let state: IsolateState = { lists: [] }
  let cancelHibernation = () => {}

  async function ask<T>(what: IsolateRequest['do'], count?: number): Promise<T> {
    cancelHibernation()
    isolate ??= startIsolate(state)
    const value = await isolate.request<T>(what, count)
    if (hibernateAfterMs === 0) await hibernate()
    else if (hibernateAfterMs !== undefined) cancelHibernation = clock.after(hibernateAfterMs, () => void hibernate())
    return value
  }

  async function hibernate() {
    const ending = isolate
    if (!ending) return
    state = await ending.request<IsolateState>('state')
    isolate = undefined
    await ending.end()
  }

  return {
    ask,
    hibernate,
    bytes: async () => (isolate ? isolate.request<number>('heap') : serialize(state).byteLength),
    get hibernated() {
      return isolate === undefined
    },
    async end() {
      cancelHibernation()
      await isolate?.end()
      isolate = undefined
    },
  }
}

interface Isolate {
  request<T>(what: IsolateRequest['do'], count?: number): Promise<T>
  end(): Promise<unknown>
}

function startIsolate(state: IsolateState): Isolate {
  const worker = new Worker(new URL('./isolate-worker.ts', import.meta.url), { workerData: state })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let lastId = 0
  worker.on('message', ({ id, value }: IsolateReply) => {
    waiting.get(id)?.resolve(value)
    waiting.delete(id)
  })
  worker.on('error', (error) => {
    for (const { reject } of waiting.values()) reject(error)
  })
  return {
    request<T>(what: IsolateRequest['do'], count?: number) {
      lastId += 1
      const answer = Promise.withResolvers<unknown>()
      waiting.set(lastId, answer)
      worker.postMessage({ do: what, id: lastId, ...(count !== undefined && { count }) } satisfies IsolateRequest)
      return answer.promise as Promise<T>
    },
    end: () => worker.terminate(),
  }
}
