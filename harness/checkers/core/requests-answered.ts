import type { History } from '../../history/history.ts'
import type { HistoryEvent } from '../../history/operation.ts'
import { type AskedRequest, type RequestEnd, requestsOf } from '../../history/requests.ts'
import { type Checker, count, passed, unknown, type Verdict, violated } from '../../verdict/checker.ts'
import { finding, isInForce } from './manners/reasons.ts'

/** A request that waits for this long, while its node answers others, is not only slow. */
const answeredWithinMs = 7_000

/** Whatever is asked of a node ends with a status, also what nobody should have asked (CH-19..CH-23, NF-1). */
export const requestsAnswered: Checker = {
  name: 'requests-answered',
  invariant: 'every request to a node ends with the status that belongs to it, unless something is broken meanwhile',
  needs: (history) => undisturbed(history).length > 0,
  check(history) {
    const asked = history.of('read', requestsOf.asked)
    if (asked.length === 0) return unknown('nobody asked')
    const ends = endsOf(history)
    const judged = undisturbed(history)
    const answered = judged.filter((one) => endOf(ends, one) !== undefined)
    const wrong = judged.map((one) => wrongEnd(history, one, endOf(ends, one), answered)).find((one) => one)
    if (wrong) return wrong
    return answered.length === 0
      ? unknown('no request was answered while nothing was broken')
      : passed(`${count(answered.length, 'request')}, each answered with its status`)
  },
}

const requestIn = ({ value }: HistoryEvent) => value as AskedRequest

const endsOf = (history: History): ReadonlyMap<number, HistoryEvent> =>
  new Map(history.of('read', requestsOf.ended).map((one) => [(one.value as RequestEnd).id, one]))

const endOf = (ends: ReadonlyMap<number, HistoryEvent>, one: HistoryEvent) => ends.get(requestIn(one).id)

/** Those that were asked and answered while nothing was broken. */
function undisturbed(history: History): HistoryEvent[] {
  const ends = endsOf(history)
  return history.of('read', requestsOf.asked).filter((one) => !isDisturbed(history, one, endOf(ends, one)))
}

const isDisturbed = (history: History, { tMs }: HistoryEvent, end: HistoryEvent | undefined) =>
  history.faults.some(
    (fault) => isInForce(fault, tMs) || (fault.requestedMs >= tMs && (!end || fault.requestedMs <= end.tMs)),
  )

function wrongEnd(
  history: History,
  request: HistoryEvent,
  end: HistoryEvent | undefined,
  answered: readonly HistoryEvent[],
): Verdict | undefined {
  const { what, status: expected } = requestIn(request)
  const { node = '', tMs } = request
  if (!end) return unanswered(history, request, answered)
  const { status, error } = end.value as RequestEnd
  if (status === expected) return undefined
  if (status !== undefined)
    return violated(`wrong status: ${what} to ${node} was answered ${status}, and ${expected} belongs to it`, {
      request,
      end,
    })
  return finding(history, `without a status: ${what} to ${node} ended with ${error}`, tMs, end.tMs, { request, end })
}

/** Only while the same node answers others is it known that it could. */
function unanswered(history: History, request: HistoryEvent, answered: readonly HistoryEvent[]): Verdict | undefined {
  const { node, tMs } = request
  const isAnswering = answered.some((one) => one.node === node && one.index > request.index)
  if (!isAnswering || history.endMs - tMs < answeredWithinMs) return undefined
  const sentence = `without an answer: ${requestIn(request).what} to ${node} waited for ${history.endMs - tMs} ms`
  return finding(history, sentence, tMs, history.endMs, { request })
}
