import { parentPort } from 'node:worker_threads'
import { seededRandom } from '../platform/random.ts'
import { type LinkServer, startLinkServer } from './api.ts'
import type { ThreadAnswer, ThreadRequest } from './thread.ts'

/** Worker thread that starts and stops link servers. Each server is identified by the number of the request that started it. */
const servers = new Map<number, LinkServer>()

async function done(request: ThreadRequest): Promise<ThreadAnswer> {
  const { id } = request
  if ('stop' in request) {
    await servers.get(request.stop)?.close()
    servers.delete(request.stop)
    return { id }
  }
  const server = await startLinkServer({ random: seededRandom(request.start.seed).next })
  servers.set(id, server)
  return { id, apiUrl: server.apiUrl }
}

parentPort!.on('message', async (request: ThreadRequest) => parentPort!.postMessage(await done(request)))
