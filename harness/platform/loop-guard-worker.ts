import { Session } from 'node:inspector'
import { parentPort, workerData } from 'node:worker_threads'
import type { GuardOptions } from './loop-guard.ts'

/** The thread of `guardLoop`: counts looks in which the main thread had no turn, so that a machine that slept meanwhile is no endless loop. */
const { shared, silentMaxMs, beatEveryMs } = workerData as GuardOptions & { shared: SharedArrayBuffer }
const counts = new Int32Array(shared)
const silentMaxLooks = Math.ceil(silentMaxMs / beatEveryMs)
let lastBeat = 0
let silentLooks = 0

setInterval(() => {
  const beat = Atomics.load(counts, 0)
  silentLooks = beat === lastBeat ? silentLooks + 1 : 0
  lastBeat = beat
  if (silentLooks < silentMaxLooks) return
  silentLooks = 0
  endExecution()
}, beatEveryMs)

parentPort!.postMessage('ready')

function endExecution() {
  const session = new Session()
  session.connectToMainThread()
  Atomics.add(counts, 1, 1)
  session.post('Runtime.terminateExecution', () => session.disconnect())
}
