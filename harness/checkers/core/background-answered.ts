import { crashingJoin, isBackground } from '../../history/background.ts'
import type { History } from '../../history/history.ts'
import type { HistoryEvent } from '../../history/operation.ts'
import { type Checker, count, passed, unknown, type Verdict, violated } from '../../verdict/checker.ts'
import { finding, worstFinding } from './manners/reasons.ts'

/** Of the event `invoke` of a push. */
interface PushValue {
  connection: number
  ref: string
  joinRef: string
  topic: string
  answer: string
  /** Over another node than that of its session. */
  waitsForOthers?: true
}

/** Of the event `receive` of a reply. */
interface ReplyValue {
  connection: number
  ref: string | null
  answer: string
  /** The node knew no joined channel of that topic. */
  isUnmatched?: true
}

/** What is unanswered for this long, on a connection over which other things arrive, is not only slow. */
const answeredWithinMs = 7_000

/** Every push of the background is answered once, with what belongs to it and in its order (CH-37, CH-57, AM-10). */
export const backgroundAnswered: Checker = {
  name: 'background-answered',
  invariant:
    'every push of the background, and every join that crashes, is answered exactly once, with the right content, unless its connection or its channel ends before; one with the join_ref of a replaced join never',
  needs: (history) => pushesOf(history).length > 0,
  check(history) {
    const pushes = pushesOf(history)
    if (pushes.length === 0) return unknown('nobody pushed anything')
    const replies = repliesOf(history)
    const wrong = wrongReply(history, pushes, replies) ?? answeredStale(history, replies) ?? outOfOrder(replies)
    if (wrong) return violated(wrong.why, { push: wrong.push })
    const missing = unanswered(history, pushes)
    if (missing) return missing
    const answered = pushes.filter((push) => replies.has(keyOf(push))).length
    if (answered === 0) return unknown('not one push was answered, so nothing shows that pushes can be')
    return passed(
      `${answered} of ${count(pushes.length, 'push', 'pushes')} answered, each once and with what belongs to it`,
    )
  },
}

interface Finding {
  why: string
  push: HistoryEvent
}

/** Pushes, and joins that crash. */
const pushesOf = (history: History) =>
  [...history.of('invoke', 'push'), ...history.of('invoke', crashingJoin)].filter(({ who }) => isBackground(who))

const keyOf = ({ who, value }: HistoryEvent) => {
  const { connection, ref } = value as PushValue | ReplyValue
  return `${who} ${connection} ${ref}`
}

type Replies = ReadonlyMap<string, readonly HistoryEvent[]>

const repliesOf = (history: History): Replies =>
  Map.groupBy(
    history.of('receive').filter(({ who, event }) => event === 'phx_reply' && isBackground(who)),
    keyOf,
  )

const said = ({ who, operation, value }: HistoryEvent) =>
  `${operation === crashingJoin ? crashingJoin : 'push'} ${(value as PushValue).ref} of ${who} on ${(value as PushValue).topic}`

function wrongReply(history: History, pushes: readonly HistoryEvent[], replies: Replies): Finding | undefined {
  for (const push of pushes) {
    const [reply, second] = replies.get(keyOf(push)) ?? []
    if (second) return { why: `answered twice: ${said(push)}`, push }
    if (!reply || cameTooLate(history, push, reply)) continue
    const [wanted, got] = [push.value as PushValue, reply.value as ReplyValue]
    if (got.answer !== wanted.answer)
      return { why: `wrong answer: ${said(push)} was answered ${got.answer} instead of ${wanted.answer}`, push }
    if (reply.topic !== wanted.topic || (reply.joinRef !== null && reply.joinRef !== wanted.joinRef))
      return { why: `wrong address: ${said(push)} was answered on ${reply.topic} with join_ref ${reply.joinRef}`, push }
  }
  return undefined
}

/** It was on its way when its channel ended, which its client has heard by then. */
function cameTooLate(history: History, push: HistoryEvent, { index, value }: HistoryEvent): boolean {
  const end = history.endOf(push)
  return (value as ReplyValue).isUnmatched === true && end?.type === 'unsure' && end.index < index
}

function answeredStale(history: History, replies: Replies): Finding | undefined {
  const push = history.of('read', 'stale-push').find((one) => replies.has(keyOf(one)))
  return push && { why: `answered though stale: ${said(push)} has the join_ref of a join that was replaced`, push }
}

/** A channel handles one push after the other. */
function outOfOrder(replies: Replies): Finding | undefined {
  const lastRef = new Map<string, number>()
  for (const [push] of replies.values()) {
    const { connection, ref, answer } = push!.value as ReplyValue
    const channel = `${push!.who} ${connection} ${push!.topic}`
    if (Number(ref) < (lastRef.get(channel) ?? 0))
      return {
        why: `out of order: the answer ${answer} to ${ref} of ${push!.who} came after that to ${lastRef.get(channel)}`,
        push: push!,
      }
    lastRef.set(channel, Number(ref))
  }
  return undefined
}

/**
 * One that came later on the same channel is answered: this one was lost. Between two nodes it may be lost when one of them stands still,
 * and where nothing came later it may only be late.
 */
function unanswered(history: History, pushes: readonly HistoryEvent[]): Verdict | undefined {
  const lastAnswered = new Map<string, number>()
  for (const push of pushes) if (history.endOf(push)?.type === 'ok') lastAnswered.set(channelOf(push), push.index)
  const lost = pushes.filter(
    (push) => history.endOf(push)?.type !== 'ok' && push.index < (lastAnswered.get(channelOf(push)) ?? 0),
  )
  const proof = lost.find((push) => !isRelayed(push))
  if (proof) return violated(unansweredIn(proof), { push: proof })
  const unsure = [...lost, ...pushes.filter((push) => isForgotten(history, push))]
  return worstFinding(
    unsure.map((push) => finding(history, unansweredIn(push), push.tMs, heardUntilMs(history, push), { push })),
  )
}

const channelOf = ({ who, value }: HistoryEvent) => {
  const { connection, joinRef, topic } = value as PushValue
  return `${who} ${connection} ${joinRef} ${topic}`
}

const isRelayed = ({ value }: HistoryEvent) => (value as PushValue).waitsForOthers === true

const unansweredIn = (push: HistoryEvent) => `unanswered: ${said(push)}`

const heardUntilMs = (history: History, { who }: HistoryEvent) => history.ofWho('receive', who).at(-1)?.tMs ?? 0

const isForgotten = (history: History, push: HistoryEvent) =>
  history.endOf(push) === undefined && heardUntilMs(history, push) - push.tMs > answeredWithinMs
