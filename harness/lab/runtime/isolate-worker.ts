import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import type { IsolateReply, IsolateRequest, IsolateState } from './isolate-actor.ts'

/** The actor of the text in an isolate, which has a heap of its own (RT-63). */
setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void
const state = workerData as IsolateState

const handlers: Record<IsolateRequest['do'], (count: number) => unknown> = {
  allocate(count) {
    state.lists.push(new Array<string>(count).fill('a'))
  },
  clear() {
    state.lists = []
  },
  noop() {},
  /** Twice: the first may end a collection that had begun when what is garbage now was still held. */
  collect() {
    gc()
    gc()
  },
  heap: () => process.memoryUsage().heapUsed,
  state: () => state,
}

parentPort!.on('message', ({ do: wanted, count = 0, id }: IsolateRequest) => {
  const value = handlers[wanted](count)
  parentPort!.postMessage({ id, value } satisfies IsolateReply)
})
