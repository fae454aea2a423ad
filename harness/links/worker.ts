import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { seededRandom } from '../platform/random.ts'
import { startLinkServer } from './api.ts'

/** The thread: says where its server listens, and ends it with the first message. */
const { seed } = workerData as { seed: number }
const server = await startLinkServer({ random: seededRandom(seed).next })
parentPort!.postMessage(server.apiUrl)
await once(parentPort!, 'message')
await server.close()
// What waits in a link is for nobody any more.
process.exit()
