import { randomUUID } from 'node:crypto'
import { type Channels, openChannels } from '../clients/channels.ts'
import type { ClusterNode } from '../cluster/node.ts'
import { systemClock } from '../platform/clock.ts'

interface Arrival {
  n: number
  tookMs: number
}

/** What came of the messages 1 and 2, and when one came that was sent after them and that nobody touches. */
export interface Arrived {
  arrivals: Arrival[]
  besideMs: number
}

interface ProbeOptions {
  from: ClusterNode
  to: ClusterNode
  /** What is done to messages of this topic is looked at, */
  topic: string
  /** and nothing to those of this one. */
  besideTopic: string
  /** How long the two may be behind the one beside them. */
  lateMs: number
}

/** A join is answered, and what is let alone is told, within so long, or the nodes do not hear each other. */
const heardWithinMs = 5_000

/**
 * Sends two numbered messages from one node, then one on a topic that is let alone, and returns what a client of another node gets, or
 * why that tells nothing. Messages keep their order on their way: whatever holds up a node or the machine holds up the last one, too.
 */
export async function probeMessages({ from, to, topic, besideTopic, lateMs }: ProbeOptions): Promise<Arrived | string> {
  const mark = randomUUID()
  const connection = await openChannels(to.port, '/socket')
  try {
    const failure = await joinFailure(connection, [topic, besideTopic])
    if (failure) return `a client of ${to.name} cannot join: ${failure.message}`
    const { arrivals, besideMs } = listen(connection, mark, besideTopic)
    for (const n of [1, 2]) await from.control.broadcast(topic, 'probe', { n, of: mark })
    await from.control.broadcast(besideTopic, 'probe', { of: mark })
    const heardAfterMs = await besideMs
    if (heardAfterMs === undefined) return `a client of ${to.name} hears nothing of ${from.name} at all`
    await systemClock.sleep(lateMs)
    return { arrivals, besideMs: heardAfterMs }
  } finally {
    connection.close()
  }
}

/** Joins the topics; a node that does not answer is not waited for without end. */
async function joinFailure(connection: Channels, topics: readonly string[]): Promise<Error | undefined> {
  const cancel = systemClock.after(heardWithinMs, connection.close)
  try {
    for (const topic of topics) await connection.join(topic)
    return undefined
  } catch (error) {
    return error as Error
  } finally {
    cancel()
  }
}

/** Writes down what comes from now on; when the one beside comes is undefined if it does not. */
function listen(connection: Channels, mark: string, besideTopic: string) {
  const arrivals: Arrival[] = []
  const { promise: besideMs, resolve } = Promise.withResolvers<number | undefined>()
  const cancel = systemClock.after(heardWithinMs, () => resolve(undefined))
  const startedMs = systemClock.monotonicMs()
  connection.onFrame(([, , topic, event, payload]) => {
    const { n, of } = (payload ?? {}) as { n?: number; of?: string }
    if (event !== 'probe' || of !== mark) return
    const tookMs = systemClock.monotonicMs() - startedMs
    if (topic !== besideTopic) arrivals.push({ n: n!, tookMs })
    else resolve(tookMs)
  })
  return { arrivals, besideMs: besideMs.finally(cancel) }
}

export const orderOf = (arrivals: readonly Arrival[]) => arrivals.map(({ n }) => n).join()

export function describeArrivals({ arrivals, besideMs }: Arrived): string {
  const got = arrivals.map(({ n, tookMs }) => `${n} after ${Math.round(tookMs)} ms`).join(', ') || 'none'
  return `of the messages 1, 2 from another node a client got ${got}, and one beside them after ${Math.round(besideMs)} ms`
}
