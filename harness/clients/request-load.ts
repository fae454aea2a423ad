import { Agent, request } from 'node:http'
import { performance } from 'node:perf_hooks'

/** `count` requests to one address, `concurrency` at once: as `ab -n <count> -c <concurrency>` (MR-9). */
export interface RequestLoad {
  url: string
  count: number
  concurrency: number
  /** Throws to end the load early. */
  goOn?(): void
}

/** One request. Times in ms since the load began; the status is 0 when there was no answer. */
export interface Requested {
  startedMs: number
  endedMs: number
  status: number
}

export interface LoadResult {
  /** In the order in which they ended. */
  requests: readonly Requested[]
  tookMs: number
  /** Which part of the time the process that sent was busy, 0 to 1: near 1 it was the limit itself. */
  busy: number
}

const answerWithinMs = 60_000

/** A closed loop: whoever has an answer asks again at once. Over connections that are kept. */
export async function sendRequests({ url, count, concurrency, goOn = () => {} }: RequestLoad): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const requests: Requested[] = []
  const before = performance.eventLoopUtilization()
  const beganMs = performance.now()
  const elapsedMs = () => performance.now() - beganMs
  let left = count

  async function sendOne() {
    const startedMs = elapsedMs()
    const status = await statusOf(agent, url)
    requests.push({ startedMs, endedMs: elapsedMs(), status })
  }

  async function client() {
    while (left > 0) {
      left -= 1
      goOn()
      await sendOne()
    }
  }

  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, count) }, client))
    return { requests, tookMs: elapsedMs(), busy: performance.eventLoopUtilization(before).utilization }
  } finally {
    left = 0
    agent.destroy()
  }
}

const statusOf = (agent: Agent, url: string): Promise<number> =>
  new Promise((resolve) => {
    const sent = request(url, { agent, timeout: answerWithinMs }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
      answer.on('error', () => resolve(0))
    })
    sent.on('timeout', () => sent.destroy())
    sent.on('error', () => resolve(0))
    sent.end()
  })
