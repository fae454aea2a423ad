import { isBackground } from '../../history/background.ts'
import type { History } from '../../history/history.ts'
import type { HistoryEvent } from '../../history/operation.ts'
import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'
import { isInForce, isSomebodyElses, touches } from './manners/reasons.ts'

/** Close codes of RFC 6455 (section 7.4.1) that find fault with what the client sent, or say that handling it failed. */
const blamingCodes: ReadonlySet<unknown> = new Set([1003, 1007, 1008, 1009, 1010, 1011])

/** Clients that keep to the protocol are not thrown out, and their channels do not crash by themselves (CH-14, CH-18, CH-69). */
export const backgroundAccepted: Checker = {
  name: 'background-accepted',
  judgesOpen: true,
  invariant:
    'no node closes a connection of the background for what it sent, and none of its channels crashes, unless parts of the node are killed',
  needs: (history) => connectsOf(history).length > 0,
  check(history) {
    const connects = connectsOf(history)
    if (connects.length === 0) return unknown('nobody connected')
    const blamed = history
      .of('disconnect')
      .find((one) => isBackground(one.who) && blamingCodes.has(one.value) && !isGoingDown(history, one))
    if (blamed)
      return violated(`thrown out: ${blamed.node} closed the connection of ${blamed.who} with ${blamed.value}`, {
        blamed,
      })
    const crash = crashesOf(history)[0]
    if (crash) return violated(`crashed: the channel of ${crash.who} on ${crash.topic} of ${crash.node}`, { crash })
    return passed(`${count(connects.length, 'connection')}, none closed for what was sent over it`)
  },
}

const connectsOf = (history: History) => history.of('connect').filter(({ who }) => isBackground(who))

const crashesOf = (history: History) =>
  history.faults.some(({ kind }) => kind === 'actor.kill')
    ? []
    : history
        .of('leave')
        .filter((one) => isBackground(one.who) && one.event === 'phx_error' && !isGoingDown(history, one))

/** What a node of somebody else's says to its clients while it is stopped or killed is its own affair. */
const isGoingDown = (history: History, { tMs, who, node = '' }: HistoryEvent) =>
  isSomebodyElses(history) &&
  history.faults.some((fault) => fault.endsConnections && touches(fault, who, node) && isInForce(fault, tMs))
