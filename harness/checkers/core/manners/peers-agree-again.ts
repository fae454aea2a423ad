import type { History } from '../../../history/history.ts'
import { mannersOf } from '../../../history/manners.ts'
import type { FaultRecord } from '../../../history/operation.ts'
import { peersAgreeWithinMs, peersNoticeWithinMs } from '../../../timing.ts'
import { type Checker, count, passed, unknown, type Verdict } from '../../../verdict/checker.ts'
import { finding, isSomebodyElses, isWatched, worstFinding } from './reasons.ts'

type Peers = Record<string, boolean>

/** After each cut, in each direction alone, the two nodes see each other again (DP-6, DP-9, FI-3, NF-3). */
export const peersAgreeAgain: Checker = {
  name: 'peers-agree-again',
  needs: isWatched,
  lacks: (history) =>
    isSomebodyElses(history)
      ? 'the system does not say how soon its nodes notice that one of them is gone or back'
      : undefined,
  invariant: `a node that cannot reach another notices it within ${peersNoticeWithinMs} ms, and every node sees every other ${peersAgreeWithinMs} ms after that is over`,
  check(history) {
    if (!isWatched(history)) return unknown('nobody asked the nodes whom they see')
    const over = history.faults.filter((fault) => fault.witnessedOffMs !== null)
    const findings = [
      ...history.faults.flatMap((fault) => unnoticed(history, fault)),
      ...over.flatMap((fault) => blindAfter(history, fault)),
    ]
    return worstFinding(findings) ?? passed(`after ${count(over.length, 'fault')} the nodes saw each other again`)
  },
}

/** Nodes that saw another for all the time that it was out of their reach. */
function unnoticed(history: History, fault: FaultRecord): Verdict[] {
  const { witnessedOnMs, healRequestedMs, requestedMs, kind, target } = fault
  if (witnessedOnMs === null || (healRequestedMs ?? history.endMs) - witnessedOnMs < peersNoticeWithinMs) return []
  const looks = history.of('read', mannersOf.peers)
  // A black hole that is healed breaks the connections in it, which is noticed in any case.
  const toMs = healRequestedMs ?? history.endMs
  return outOfReach(fault, [...new Set(looks.map(({ who }) => who))])
    .filter(
      ([node, peer]) =>
        !looks.some(
          ({ who, tMs, value }) =>
            who === node && requestedMs <= tMs && tMs <= toMs && (value as Peers)[peer] === false,
        ),
    )
    .map(([node, peer]) =>
      finding(history, `unnoticed: ${node} saw ${peer} all through ${kind} ${target}`, requestedMs, toMs, {
        node,
        peer,
        fault,
      }),
    )
}

/** Which node cannot hear from which. */
function outOfReach({ explains, target, parts = [target] }: FaultRecord, nodes: readonly string[]): [string, string][] {
  const pairs = nodes.flatMap((node) =>
    nodes.filter((one) => one !== node).map((peer): [string, string] => [node, peer]),
  )
  if (explains?.at === 'link') return pairs.filter(([node, peer]) => parts.includes(`${node}->${peer}`))
  if (explains?.at === 'node') return pairs.filter(([node, peer]) => parts.includes(peer) && !parts.includes(node))
  return []
}

function blindAfter(history: History, fault: FaultRecord): Verdict[] {
  const atMs = fault.witnessedOffMs! + peersAgreeWithinMs
  if (atMs > history.endMs || isDisturbedBetween(history, fault, atMs)) return []
  return [...seenAt(history, atMs)].flatMap(([node, peers]) =>
    Object.entries(peers)
      .filter(([, isSeen]) => !isSeen)
      .map(([peer]) => {
        const sentence = `blind: ${node} did not see ${peer} ${peersAgreeWithinMs} ms after ${fault.kind} ${fault.target} was over`
        return finding(history, sentence, fault.witnessedOffMs!, atMs, { node, peer, fault })
      }),
  )
}

/** Another fault that was in force meanwhile may be why they do not see each other. */
const isDisturbedBetween = (history: History, fault: FaultRecord, atMs: number) =>
  history.faults.some(
    (other) =>
      other.id !== fault.id &&
      other.requestedMs <= atMs &&
      (other.witnessedOffMs === null || other.witnessedOffMs >= fault.witnessedOffMs!),
  )

/** Whom each node saw at that time, as it was last asked. */
function seenAt(history: History, atMs: number): Map<string, Peers> {
  const seen = new Map<string, Peers>()
  for (const { who, tMs, value } of history.of('read', mannersOf.peers)) if (tMs <= atMs) seen.set(who, value as Peers)
  return seen
}
