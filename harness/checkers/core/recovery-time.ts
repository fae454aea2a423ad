import type { History } from '../../history/history.ts'
import type { FaultRecord, HistoryEvent } from '../../history/operation.ts'
import { leadingCount } from '../../history/sorted.ts'
import { lossNoticedWithinMs } from '../../timing.ts'
import { type Checker, passed, unknown, type Verdict } from '../../verdict/checker.ts'
import { finding } from './manners/reasons.ts'

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
    let unclear: Verdict | undefined
    const faultBefore = causeOf(faults)
    for (const loss of history.of('disconnect')) {
      const fault = faultBefore(loss)
      if (!fault || isLostAgain(history, loss)) continue
      const { who } = loss
      const back = nextAfter(history, 'join', loss)
      if (!back && history.endMs < Math.max(fault.witnessedOffMs!, loss.tMs) + withinMs) {
        cutShort ??= `the record ends before ${who} had ${withinMs} ms to come back`
        continue
      }
      const fromMs = Math.max(fault.witnessedOffMs!, loss.tMs)
      const tookMs = Math.max(0, (back?.tMs ?? history.endMs) - fromMs)
      if (back) {
        const what = `${who} after ${fault.kind} ${fault.target}`
        measuredMs[what] = Math.max(tookMs, measuredMs[what] ?? 0)
        if (tookMs <= withinMs) continue
      }
      const sentence = back
        ? `too slow: ${who} took ${tookMs} ms after ${fault.kind}`
        : `not recovered: ${who} was not joined again after ${fault.kind}`
      const verdict = finding(history, sentence, fromMs, fromMs + tookMs, back ? { measuredMs } : { who, fault })
      if (verdict.outcome === 'violated') return verdict
      unclear ??= verdict
    }
    if (unclear) return unclear
    if (cutShort) return unknown(cutShort, { measuredMs })
    if (Object.keys(measuredMs).length === 0) return passed('nobody lost the connection')
    const mostMs = Object.values(measuredMs).reduce((most, tookMs) => Math.max(most, tookMs))
    return passed(`everybody back after at most ${mostMs} ms`, { measuredMs })
  },
})

/**
 * Returns the function that finds the last fault of the list that can have caused a loss; to be asked for losses in the order of time.
 * Each fault is looked at when it begins and when it is over, and not for every loss.
 */
function causeOf(faults: readonly FaultRecord[]): (loss: HistoryEvent) => FaultRecord | undefined {
  const beginning = faults
    .map((fault, place) => ({ fault, place }))
    .toSorted((one, other) => one.fault.requestedMs - other.fault.requestedMs)
  const begun: typeof beginning = []
  let next = 0
  return ({ tMs }) => {
    for (; beginning[next] && beginning[next]!.fault.requestedMs <= tMs; next += 1) {
      const one = beginning[next]!
      begun.splice(
        leadingCount(begun, ({ place }) => place < one.place),
        0,
        one,
      )
    }
    while (begun.length > 0 && begun.at(-1)!.fault.witnessedOffMs! + lossNoticedWithinMs < tMs) begun.pop()
    return begun.at(-1)?.fault
  }
}

/** The first thing of this type that happened to the same participant after the loss. */
function nextAfter(history: History, type: 'join' | 'disconnect', loss: HistoryEvent): HistoryEvent | undefined {
  const own = history.ofWho(type, loss.who)
  return own[leadingCount(own, ({ index }) => index <= loss.index)]
}

/** A connection that was lost again before anything was joined: the later loss tells how long it took. */
function isLostAgain(history: History, loss: HistoryEvent): boolean {
  const next = nextAfter(history, 'disconnect', loss)
  const back = nextAfter(history, 'join', loss)
  return next !== undefined && (back === undefined || next.index < back.index)
}
