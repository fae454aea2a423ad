import type { History } from '../../../history/history.ts'
import { mannersOf, type SocketEvent } from '../../../history/manners.ts'
import type { HistoryEvent } from '../../../history/operation.ts'
import { callerTimeoutMs } from '../../../timing.ts'
import { type Checker, count, passed, unknown } from '../../../verdict/checker.ts'
import { finding, isInForce, isWatched, worstFinding } from './reasons.ts'

/** Who waits for something that is killed is told at once (RT-8, FI-1, FI-14). Only faults that are sudden and slow nothing down are looked at. */
export const callersFailAtOnce: Checker = {
  name: 'callers-fail-at-once',
  needs: isWatched,
  invariant:
    'an operation that waits for a part that is killed ends when that part ends, and not when its time is over',
  check(history) {
    if (!isWatched(history)) return unknown('nobody watched the operations')
    const pairs = history.of('invoke').flatMap((begun) => {
      const end = history.endOf(begun)
      if (!end || waitsForOthers(begun) || !isHitByKillOnly(history, begun, end)) return []
      return waitsForConnection(history, begun) ? [] : [{ begun, end }]
    })
    const late = pairs.filter(({ begun, end }) => end.tMs - begun.tMs >= callerTimeoutMs)
    const findings = late.map(({ begun, end }) =>
      finding(
        history,
        `waited: ${begun.operation} of ${begun.who} ended ${end.type} only after ${end.tMs - begun.tMs} ms, though what it needed was killed`,
        begun.tMs,
        end.tMs,
        { begun, end },
      ),
    )
    return (
      worstFinding(findings) ??
      passed(`${count(pairs.length, 'operation')} met something that was killed, and ended in time`)
    )
  },
}

/** In a rush an operation queues behind thousands of others: how long it took says nothing of what was killed. */
const waitsForOthers = ({ value }: HistoryEvent) =>
  (value as { waitsForOthers?: boolean } | undefined)?.waitsForOthers === true

const states: ReadonlySet<SocketEvent['kind']> = new Set(['attempt', 'open', 'end'])

/** What somebody pushes while their connection is gone is kept by the official client, and waits for the next one. */
function waitsForConnection(history: History, { who, index }: HistoryEvent): boolean {
  const last = history
    .of('read', mannersOf.socket)
    .findLast((one) => one.who === who && one.index < index && states.has((one.value as SocketEvent).kind))
  return last !== undefined && (last.value as SocketEvent).kind !== 'open'
}

function isHitByKillOnly(history: History, begun: HistoryEvent, end: HistoryEvent): boolean {
  const met = history.faults.filter(
    (fault) => isInForce(fault, begun.tMs) || (begun.tMs <= fault.requestedMs && fault.requestedMs <= end.tMs),
  )
  return met.length > 0 && met.every(({ isSudden }) => isSudden)
}
