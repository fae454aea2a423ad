import { randomUUID } from 'node:crypto'
import { type Channels, openChannels } from '../clients/channels.ts'
import type { ClusterNode } from '../cluster/node.ts'
import { systemClock } from '../platform/clock.ts'

interface Arrival {
  n: number
  tookMs: number
}

/** What arrived of the messages 1 and 2, and when the control message came, which was sent after them and is not touched. */
export interface Arrived {
  arrivals: Arrival[]
  controlMs: number
}

interface ProbeOptions {
  from: ClusterNode
  to: ClusterNode
  /** Of the messages that the fault touches. */
  topic: string
  /** Of the control message. */
  controlTopic: string
  /** How long the two may be behind the control message. */
  lateMs: number
}

/** A join is answered and the control message arrives within this time, or the nodes do not hear each other. */
const heardWithinMs = 5_000

/**
 * Sends two numbered messages from one node, then the control message, and returns what a client of another node gets, or why that
 * proves nothing. Messages keep their order on their way: whatever holds up a node or the machine holds up the control message too.
 */
export async function probeMessages({
  from,
  to,
  topic,
  controlTopic,
  lateMs,
}: ProbeOptions): Promise<Arrived | string> {
  const mark = randomUUID()
  const connection = await openChannels(to.port, '/socket')
  try {
    const failure = await joinFailure(connection, [topic, controlTopic])
    if (failure) return `a client of ${to.name} cannot join: ${failure.message}`
    const { arrivals, controlMs } = listen(connection, mark, controlTopic)
    for (const n of [1, 2]) await from.control.broadcast(topic, 'probe', { n, of: mark })
    await from.control.broadcast(controlTopic, 'probe', { of: mark })
    const heardAfterMs = await controlMs
    if (heardAfterMs === undefined) return `a client of ${to.name} hears nothing of ${from.name} at all`
    await systemClock.sleep(lateMs)
    return { arrivals, controlMs: heardAfterMs }
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

/** Records what arrives from now on; the time of the control message is undefined when it does not arrive. */
function listen(connection: Channels, mark: string, controlTopic: string) {
  const arrivals: Arrival[] = []
  const { promise: controlMs, resolve } = Promise.withResolvers<number | undefined>()
  const cancel = systemClock.after(heardWithinMs, () => resolve(undefined))
  const startedMs = systemClock.monotonicMs()
  connection.onFrame(([, , topic, event, payload]) => {
    const { n, of } = (payload ?? {}) as { n?: number; of?: string }
    if (event !== 'probe' || of !== mark) return
    const tookMs = systemClock.monotonicMs() - startedMs
    if (topic !== controlTopic) arrivals.push({ n: n!, tookMs })
    else resolve(tookMs)
  })
  return { arrivals, controlMs: controlMs.finally(cancel) }
}

export const orderOf = (arrivals: readonly Arrival[]) => arrivals.map(({ n }) => n).join()

export function describeArrivals({ arrivals, controlMs }: Arrived): string {
  const got = arrivals.map(({ n, tookMs }) => `${n} after ${Math.round(tookMs)} ms`).join(', ') || 'none'
  return `of the messages 1, 2 from another node a client got ${got}, and the control message after ${Math.round(controlMs)} ms`
}
