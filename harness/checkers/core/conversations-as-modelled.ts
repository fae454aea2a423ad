import type { History } from '../../history/history.ts'
import type { HistoryEvent } from '../../history/operation.ts'
import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'

/** Of the final `conversation` of a visitor. */
interface Conversation {
  /** How many frames it was sent. */
  frames: number
  /** The first that it was not sent, in words. */
  missing?: string
  /** The node through which it polled. */
  through?: string
}

const operation = 'conversation'

const conversationsOf = (history: History) => history.finals<Conversation>(operation)

/** For how long after a fault of its node, or of a part there, a connection may still end because of it; nothing is done to its own link. */
const afterFaultMs = 10_000

/** How long a poll through another node may wait for what was lost between the two, before its client begins anew. */
const lostPollMs = 15_000

const maySoonBeginAnew = ({ faults, endMs }: History, { through }: Conversation) =>
  through !== undefined && faults.some(({ witnessedOffMs }) => (witnessedOffMs ?? endMs) + lostPollMs > endMs)

/** Who polls through another node depends on everything between the two. */
function isNearFault({ faults, endMs }: History, { tMs, node, value }: HistoryEvent) {
  const isElsewhere = pollsElsewhere(value)
  const feltMs = isElsewhere ? lostPollMs : afterFaultMs
  return faults.some(
    ({ parts = [], requestedMs, witnessedOffMs }) =>
      (isElsewhere || parts.some((part) => part === node || part.startsWith(`${node}/`))) &&
      requestedMs <= tMs &&
      tMs < (witnessedOffMs ?? endMs) + feltMs,
  )
}

const pollsElsewhere = (value: unknown) => (value as { through?: string } | undefined)?.through !== undefined

/** A visitor of a simulation knows what a node has to send it, frame by frame (CH-37..CH-69). */
export const conversationsAsModelled: Checker = {
  name: 'conversations-as-modelled',
  invariant:
    'what a node sends a client that joins, pushes, leaves and crashes is what the protocol says, frame by frame, and it ends no connection by itself',
  needs: (history) => conversationsOf(history).length > 0,
  check(history) {
    const conversations = conversationsOf(history)
    if (conversations.length === 0) return unknown('nobody had a conversation with a node')
    const [wrong] = history.of('read', operation)
    if (wrong) return violated(`wrong: ${wrong.who} at ${wrong.node}: ${(wrong.value as { wrong: string }).wrong}`)
    for (const { who, node, value } of conversations)
      if (value.missing !== undefined && !maySoonBeginAnew(history, value))
        return violated(`missing: ${who} at ${node}: ${value.missing}`)
    const ended = history.of('read', 'conversation-end').find((end) => !isNearFault(history, end))
    if (ended) return violated(`ended: the connection of ${ended.who} to ${ended.node} ended, and nothing was broken`)
    const frames = conversations.reduce((sum, { value }) => sum + value.frames, 0)
    if (frames === 0) return unknown('no node sent anybody anything')
    return passed(`${count(frames, 'frame')} came as the protocol says, none is missing`)
  },
}
