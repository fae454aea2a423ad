import type { History } from '../../../harness/history/history.ts'
import type { FaultRecord, HistoryEvent } from '../../../harness/history/operation.ts'
import { type Checker, passed, unknown, violated } from '../../../harness/verdict/checker.ts'

/** A client may notice only a heartbeat after the fault is gone that its connection did not survive it. */
const noticesWithinMs = 3_000

/** After a fault is gone, everybody who lost the connection through it is joined again within the bound (CH-106, NF-3). */
export const recoveryTime = (withinMs: number): Checker => ({
  name: 'recovery-time',
  invariant: `who lost the connection is joined again within ${withinMs} ms after the fault is gone`,
  check(history) {
    const faults = history.faults.filter(({ witnessedOffMs }) => witnessedOffMs !== null)
    if (faults.length === 0) return unknown('no fault was witnessed to its end')
    if (history.of('join').length === 0) return unknown('nobody was joined, so nobody could lose anything')
    const measuredMs: Record<string, number> = {}
    let cutShort: string | undefined
    for (const loss of history.of('disconnect')) {
      const fault = faults.findLast((one) => causes(one, loss))
      if (!fault || isLostAgain(history, loss)) continue
      const { who } = loss
      const back = joinAfter(history, loss)
      if (!back && history.endMs < Math.max(fault.witnessedOffMs!, loss.tMs) + withinMs) {
        cutShort ??= `the record ends before ${who} had ${withinMs} ms to come back`
        continue
      }
      if (!back) return violated(`not recovered: ${who} was not joined again after ${fault.kind}`, { who, fault })
      const tookMs = Math.max(0, back.tMs - Math.max(fault.witnessedOffMs!, loss.tMs))
      const what = `${who} after ${fault.kind} ${fault.target}`
      measuredMs[what] = Math.max(tookMs, measuredMs[what] ?? 0)
      if (tookMs > withinMs) return violated(`too slow: ${who} took ${tookMs} ms after ${fault.kind}`, { measuredMs })
    }
    if (cutShort) return unknown(cutShort, { measuredMs })
    if (Object.keys(measuredMs).length === 0) return passed('nobody lost the connection')
    return passed(`everybody back after at most ${Math.max(...Object.values(measuredMs))} ms`, { measuredMs })
  },
})

const causes = ({ requestedMs, witnessedOffMs }: FaultRecord, { tMs }: HistoryEvent) =>
  requestedMs <= tMs && tMs <= witnessedOffMs! + noticesWithinMs

const joinAfter = (history: History, loss: HistoryEvent) =>
  history.of('join').find(({ who, index }) => who === loss.who && index > loss.index)

/** A connection that was lost again before anything was joined: the later loss tells how long it took. */
function isLostAgain(history: History, loss: HistoryEvent): boolean {
  const next = history.of('disconnect').find(({ who, index }) => who === loss.who && index > loss.index)
  const back = joinAfter(history, loss)
  return next !== undefined && (back === undefined || next.index < back.index)
}
