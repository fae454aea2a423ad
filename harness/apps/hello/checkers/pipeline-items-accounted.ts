import { isDeepStrictEqual } from 'node:util'
import { finding } from '../../../checkers/core/manners/reasons.ts'
import type { History } from '../../../history/history.ts'
import type { FaultRecord, HistoryEvent } from '../../../history/operation.ts'
import { type Checker, count, passed, unknown, type Verdict, violated } from '../../../verdict/checker.ts'
import { isPush, type PipelineState, type PushedItems, pipelineFinal, pushOperation } from '../pipeline.ts'

interface Push extends PushedItems {
  node: string
  fromMs: number
  ended: HistoryEvent | undefined
  /** What can have taken an item of it away. */
  faults: readonly FaultRecord[]
}

interface Receipt {
  who: string
  n: number
  tMs: number
  push: Push
}

/**
 * Every item that was pushed reaches its user once, in order where that is promised, or its loss is explained: by a kill, which a memory
 * producer does not survive (NF-7, DF-43), or by what the node counted as discarded from a full buffer (DF-44). What a node counts adds up.
 */
export const pipelineItemsAccounted: Checker = {
  name: 'pipeline-items-accounted',
  invariant:
    'an item of the pipeline reaches its user at most once, in the order of the pushes where one after the other is handled, and is lost only where a kill explains it, or where its node counted it as discarded; and without faults a node has handled, discarded or lost what it took',
  check(history) {
    const pushes = pushesOf(history)
    const states = new Map(history.finals<PipelineState>(pipelineFinal).map(({ node, value }) => [node, value]))
    if (pushes.length === 0) return unknown('no item was pushed')
    if (states.size === 0) return unknown('no node was asked what became of its items')
    const received = receiptsOf(history, pushes)
    if (!Array.isArray(received)) return received
    if (received.length === 0) return unknown('no user was listening, or nothing came')
    return (
      overrun(states) ??
      doubled(received, states) ??
      disordered(received, states) ??
      lost(history, pushes, received, states)
    )
  },
}

function pushesOf(history: History): Push[] {
  return history.of('invoke', pushOperation).map((event) => ({
    ...(event.value as PushedItems),
    node: event.who,
    fromMs: event.tMs,
    ended: history.endOf(event),
    faults: faultsSince(history, event.who, event.tMs),
  }))
}

/** What came to users; a verdict when something came that was not pushed to them like this. */
function receiptsOf(history: History, pushes: readonly Push[]): Receipt[] | Verdict {
  const byNumber = new Map(pushes.flatMap((push) => numbersOf(push).map((n) => [n, push] as const)))
  const receipts: Receipt[] = []
  for (const { who, topic = '', event, value, tMs } of history.of('receive')) {
    if (!topic.startsWith('user:') || !isPush(event)) continue
    const { n } = Object(value) as { n?: number }
    const push = byNumber.get(n ?? Number.NaN)
    if (n === undefined || !push)
      return violated(`invented: ${who} was pushed ${JSON.stringify(value)}, which nobody sent`)
    if (topic !== `user:${push.userId}`)
      return violated(`misdelivered: item ${n} is for user ${push.userId}, and ${who} got it on ${topic}`)
    if (!isDeepStrictEqual(value, { n }))
      return violated(`altered: item ${n} came to ${who} as ${JSON.stringify(value)} instead of {"n":${n}}`)
    receipts.push({ who, n, tMs, push })
  }
  return receipts
}

const numbersOf = ({ first, count: many }: Push) => Array.from({ length: many }, (_, index) => first + index)

function overrun(states: ReadonlyMap<string | undefined, PipelineState>): Verdict | undefined {
  for (const [node, { runningMax, demandMax }] of states)
    if (runningMax > demandMax)
      return violated(`overrun: ${node} worked on ${runningMax} items at once, and its consumers ask for ${demandMax}`)
}

/** A durable item whose handling was cut off is handled again, so that a kill explains a second delivery. */
function doubled(
  receipts: readonly Receipt[],
  states: ReadonlyMap<string | undefined, PipelineState>,
): Verdict | undefined {
  const seen = new Set<string>()
  for (const { who, n, push } of receipts) {
    const key = `${who} ${n}`
    const mayRepeat = states.get(push.node)?.producer === 'durable' && push.faults.length > 0
    if (seen.has(key) && !mayRepeat) return violated(`doubled: item ${n} was delivered to ${who} more than once`)
    seen.add(key)
  }
}

/** One after the other: timed items, whose workers do not wait, and all items of a single plain consumer. */
function disordered(
  receipts: readonly Receipt[],
  states: ReadonlyMap<string | undefined, PipelineState>,
): Verdict | undefined {
  const last = new Map<string, number>()
  for (const { who, n, push } of receipts) {
    const { inOrder, consumer } = states.get(push.node) ?? {}
    const isPromised = inOrder && (push.timed || consumer === 'consumer')
    if (!isPromised || push.faults.length > 0) continue
    const key = `${who} ${push.node} ${push.timed}`
    const before = last.get(key) ?? 0
    if (n < before) return violated(`out of order: ${who} was given item ${n} after item ${before}`)
    last.set(key, n)
  }
}

function lost(
  history: History,
  pushes: readonly Push[],
  receipts: readonly Receipt[],
  states: ReadonlyMap<string | undefined, PipelineState>,
): Verdict {
  const came = Map.groupBy(receipts, ({ push }) => push)
  let explainedCount = 0
  let unclear: Verdict | undefined
  for (const [node, ofNode] of Map.groupBy(pushes, (push) => push.node)) {
    const state = states.get(node)
    if (!state) return unknown(`${node} was not asked what became of its items`)
    if (state.running > 0) return unknown(`${node} still works on ${count(state.running, 'item')}`)
    let counted = state.discarded
    for (const push of ofNode) {
      const missing = missingOf(history, push, came.get(push) ?? [])
      const isKilled = state.producer === 'memory' && push.faults.length > 0
      explainedCount += missing.length
      if (isKilled || missing.length === 0) continue
      counted -= missing.length
      if (counted >= 0) continue
      const sentence = `lost: ${missing.length} of ${push.count} items for user ${push.userId}, pushed on ${node}, never came, such as ${missing[0]}, and nothing explains it`
      // A node that stands still may be given up by the others, and what they tell it is lost.
      const verdict = finding(history, sentence, push.fromMs, history.endMs, { push, missing, state })
      if (verdict.outcome === 'violated') return verdict
      unclear ??= verdict
    }
  }
  if (unclear) return unclear
  const wrong = miscounted(history, states)
  if (wrong) return wrong
  return passed(`${count(receipts.length, 'delivery', 'deliveries')}, and ${explainedCount} lost for a known reason`)
}

/** How long before the last reads an item may still have been under way, where a process stood still. */
const underWayMs = 10_000

/** Where nothing was broken, a node that has nothing in work has handled, discarded or lost what it took. */
function miscounted(history: History, states: ReadonlyMap<string | undefined, PipelineState>): Verdict | undefined {
  if (history.faults.length > 0) return undefined
  for (const [node, state] of states) {
    const { producer, pushed, handled, discarded, lost: gone } = state
    if (producer === 'durable' || pushed === handled + discarded + gone) continue
    const sentence = `miscounted: ${node} took ${count(pushed, 'item')}, and says that it handled ${handled}, discarded ${discarded} and lost ${gone}`
    return finding(history, sentence, history.endMs - underWayMs, history.endMs, { state })
  }
}

/** Items that somebody who listened all the time did not get. */
function missingOf(history: History, push: Push, receipts: readonly Receipt[]): number[] {
  if (push.ended?.type !== 'ok') return []
  const listeners = listenersOf(history, push)
  const got = new Set(receipts.map(({ who, n }) => `${who} ${n}`))
  return numbersOf(push).filter((n) => listeners.some((who) => !got.has(`${who} ${n}`)))
}

/** Joined when the items were pushed, and never away since. */
function listenersOf(history: History, { userId, fromMs }: Push): string[] {
  const joins = history.of('join').filter(({ topic, tMs }) => topic === `user:${userId}` && tMs <= fromMs)
  const people = [...new Set(joins.map(({ who }) => who))]
  const isAway = (who: string) =>
    history.ofWho('disconnect', who).some(({ tMs }) => tMs > fromMs) ||
    history.ofWho('leave', who).some(({ topic, tMs }) => topic === `user:${userId}` && tMs > fromMs)
  return people.filter((who) => !isAway(who))
}

/** Kills of the node or of one of its parts, and whatever loses messages. */
const faultsSince = ({ faults }: History, node: string, fromMs: number): FaultRecord[] =>
  faults.filter(
    ({ isSudden, explains, forgets, target, parts = [target], witnessedOffMs }) =>
      (witnessedOffMs === null || witnessedOffMs >= fromMs) &&
      (explains !== undefined ||
        ((isSudden || forgets) && parts.some((part) => part === node || part.startsWith(`${node}/`)))),
  )
