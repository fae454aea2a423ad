import type { History } from '../../../history/history.ts'
import { mannersOf, type NodeEnd } from '../../../history/manners.ts'
import { nodeStopsWithinMs } from '../../../timing.ts'
import { type Checker, count, passed, unknown, type Verdict, violated } from '../../../verdict/checker.ts'
import { finding, isSomebodyElses, isWatched, type SocketRecord, socketsOf, touches, worstFinding } from './reasons.ts'

/** A node that is asked to end drains: it closes its connections with the code that is stated, and ends in time and in order (RT-13, NF-4). */
export const nodesStopInOrder: Checker = {
  name: 'nodes-stop-in-order',
  needs: isWatched,
  lacks: (history) => (isSomebodyElses(history) ? 'the system does not say how its nodes end' : undefined),
  invariant: 'a node that is asked to end closes its connections with 1012, and exits with 0 within its time',
  check(history) {
    if (!isWatched(history)) return unknown('nobody watched the nodes')
    const stops = history
      .finals<NodeEnd[]>(mannersOf.ends)
      .flatMap(({ node, value }) => value.filter(({ signal }) => signal === 'SIGTERM').map((end) => ({ node, ...end })))
    const findings = [...stops.flatMap((stop) => wrongEnd(history, stop) ?? []), ...wrongCodes(history)]
    return worstFinding(findings) ?? passed(`${count(stops.length, 'node')} stopped in order`)
  },
}

function wrongEnd(history: History, stop: NodeEnd & { node: string | undefined }): Verdict | undefined {
  const { node, code, tookMs, hasEnded } = stop
  if (hasEnded && code !== 0)
    return violated(`disorder: ${node} exited with ${code} after SIGTERM instead of 0`, { stop })
  if (hasEnded && tookMs <= nodeStopsWithinMs) return undefined
  const how = hasEnded ? `took ${tookMs} ms to end` : `had not ended ${tookMs} ms`
  return finding(history, `late: ${node} ${how} after SIGTERM`, 0, history.endMs, { stop })
}

/** Connections that were closed, while a node drained, in another way than it states. */
const wrongCodes = (history: History): Verdict[] =>
  history.faults.flatMap((fault) => {
    const { closesWith, requestedMs, witnessedOnMs } = fault
    if (!closesWith || witnessedOnMs === null) return []
    return socketsOf(history)
      .filter(
        ({ kind, wasOpen, closedBy, isHostile }) => kind === 'end' && wasOpen && closedBy === 'others' && !isHostile,
      )
      .filter(
        ({ tMs, who, node, link }) => requestedMs <= tMs && tMs <= witnessedOnMs && touches(fault, who, node, link),
      )
      .filter((one) => (isPoll(one) ? isPollCutOff(one, requestedMs) : one.code !== closesWith))
      .map((one) =>
        finding(
          history,
          `rude: ${one.node} closed the connection of ${one.who} with ${one.code} when it was asked to end, and ${closesWith} is stated`,
          requestedMs,
          one.tMs,
          { one },
        ),
      )
  })

const isPoll = ({ path }: SocketRecord) => path.endsWith('/longpoll')

/** A long poll that waits is answered. One that was sent to a node that ends already may find nobody. */
const isPollCutOff = ({ code, tMs, waitedMs = Number.POSITIVE_INFINITY }: SocketRecord, requestedMs: number) =>
  code === undefined || (code === brokenOffCode && tMs - waitedMs < requestedMs)

const brokenOffCode = 1006
