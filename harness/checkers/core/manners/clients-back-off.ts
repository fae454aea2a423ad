import type { History } from '../../../history/history.ts'
import { type Checker, count, passed, unknown, type Verdict, violated } from '../../../verdict/checker.ts'
import { finding, isInForce, isWatched, type SocketRecord, socketsOf, touches } from './reasons.ts'

/** What the official client waits before it connects again after 0, 1, 2 ... tries in vain, and at last. */
const reconnectAfterMs = [10, 50, 100, 150, 200, 250, 500, 1_000, 2_000] as const
const reconnectAtLastMs = 5_000
/** A client that is told that its channel crashed, or whose join is refused, waits at least this long before it joins again. */
const rejoinAfterMs = 1_000
/** How long the official client waits for the answer to a join. */
const joinWaitsMs = 10_000
/** Clocks of browsers are coarse. */
const toleranceMs = 3
const tolerance = 0.05
/** Nobody connects more often than this in such a time, whatever happens to the connections. */
const stormAttempts = 25
const stormMs = 5_000
/** A client that has not tried again for this long never will. */
const gaveUpMs = reconnectAtLastMs + 3_000

/** Clients that lost their connection or their channel come back, and not in a storm (CH-104..CH-108, NF-3). */
export const clientsBackOff: Checker = {
  name: 'clients-back-off',
  judgesOpen: true,
  needs: isWatched,
  invariant:
    'an official client connects and joins again after the delays that are stated, longer with each failure, and does not give up',
  check(history) {
    if (!isWatched(history)) return unknown('nobody watched the connections')
    const sockets = Map.groupBy(
      socketsOf(history).filter(({ isOfficial }) => isOfficial),
      ({ who, document, path }) => `${who} ${document} ${path}`,
    )
    let attempts = 0
    let unclear: Verdict | undefined
    for (const own of sockets.values()) {
      attempts += own.filter(({ kind }) => kind === 'attempt').length
      const wrong = tooEarly(own) ?? joinsTooEarly(history, own) ?? storm(own) ?? gaveUp(history, own)
      if (wrong?.outcome === 'violated') return wrong
      unclear ??= wrong
    }
    if (unclear) return unclear
    return passed(`${count(attempts, 'attempt')} of ${count(sockets.size, 'client')}, each after its delay`)
  },
}

/** An attempt that came before its delay was over. A timer is late on a busy machine, and never early. */
function tooEarly(own: readonly SocketRecord[]): Verdict | undefined {
  let tries = 0
  let last: SocketRecord | undefined
  for (const one of own) {
    if (one.kind === 'open') tries = 0
    if (one.kind === 'attempt' && last?.kind === 'end' && last.closedBy === 'others') {
      const gapMs = one.atMs - last.atMs
      const delayMs = reconnectAfterMs[tries] ?? reconnectAtLastMs
      if (gapMs < delayMs * (1 - tolerance) - toleranceMs)
        return violated(
          `hasty: ${one.who} connected again after ${Math.round(gapMs)} ms, and ${delayMs} ms is the delay after ${count(tries, 'try', 'tries')}`,
          { one, last },
        )
      tries += 1
      last = undefined
    }
    if (one.kind === 'end') last = one
  }
  return undefined
}

/**
 * A topic that was joined again on the same connection before the delay of a rejoin was over, and was not left meanwhile. A join that waited
 * for its connection until its time was over goes out together with the next one.
 */
function joinsTooEarly(history: History, own: readonly SocketRecord[]): Verdict | undefined {
  const joined = new Map<string, SocketRecord>()
  for (const one of own) {
    const key = `${one.socket} ${one.topic}`
    const before = joined.get(key)
    if (one.kind === 'leave') joined.delete(key)
    if (one.kind !== 'join') continue
    const gapMs = before ? one.atMs - before.atMs : rejoinAfterMs
    if (gapMs < rejoinAfterMs * (1 - tolerance)) {
      const sentence = `hasty: ${one.who} joined ${one.topic} again after ${Math.round(gapMs)} ms, and ${rejoinAfterMs} ms is the shortest delay`
      return finding(history, sentence, one.tMs - joinWaitsMs, one.tMs, { one, before })
    }
    joined.set(key, one)
  }
  return undefined
}

function storm(own: readonly SocketRecord[]): Verdict | undefined {
  const attempts = own.filter(({ kind }) => kind === 'attempt')
  for (const [index, first] of attempts.entries()) {
    const last = attempts[index + stormAttempts - 1]
    if (last && last.atMs - first.atMs < stormMs)
      return violated(`storm: ${first.who} connected ${stormAttempts} times within ${stormMs} ms`, { first, last })
  }
  return undefined
}

/** A client that is still there at the end, without a connection, and did not try again for longer than its longest delay. */
function gaveUp(history: History, own: readonly SocketRecord[]): Verdict | undefined {
  const last = own.at(-1)!
  if (last.kind !== 'end' || last.closedBy === 'client') return undefined
  const end = history.of('final', 'joined').findLast(({ who }) => who === last.who)
  if (!end || (end.value as { connected: boolean }).connected || end.tMs - last.tMs < gaveUpMs) return undefined
  if (history.faults.some((fault) => touches(fault, last.who, last.node, last.link) && isInForce(fault, end.tMs)))
    return undefined
  const sentence = `gave up: ${last.who} did not connect again after its connection ended with code ${last.code}`
  return finding(history, sentence, last.tMs, end.tMs, { last })
}
