import type { NodeHolds, NodeInventory, Present } from '../../history/inventory.ts'
import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'

/** Timers that the node's own parts may have armed beyond those of the beginning. */
const ownTimersMax = 5
/** For its idle time and its end. */
const timersPerSession = 2
/** That of its handler. */
const timersPerChannel = 1
/** A poll, a request beside it, and one that its client has given up. */
const relayedPerClient = 3

/**
 * After settling, whatever a node holds is accounted for by who is there and by what it held before the first step (RT-11, CH-63, DF-104).
 * Bounds, with `base` as read at steady state: actors of a role <= base + those that are there for somebody; subscriptions <= base + those of joined channels and of sessions
 * with an id; topics of pub/sub <= base + subscriptions of joined channels and sessions; timers <= base + 5 + 2 * sessions + joined topics + relayed requests; relayed requests <= 3 for each
 * client with long polls that does not count them.
 */
export const nodeInventoryAccounted: Checker = {
  name: 'node-inventory-accounted',
  invariant:
    'after settling, a node holds what its clients account for, what it held before the first step, and nothing else',
  lacks: (history) => (history.of('read', 'node-holds').length > 0 ? undefined : 'no node shows what it holds'),
  check(history) {
    const bases = history.of('read', 'node-holds')
    const ends = new Map(history.finals<NodeInventory>('node-holds').map((one) => [one.node, one]))
    if (bases.length === 0) return unknown('no node was asked what it held before the first step')
    for (const { node, value } of bases) {
      const end = ends.get(node)
      if (!end) return unknown(`${node} was not asked what it holds in the end`)
      const surplus = surplusOf(end.value, value as NodeHolds)
      if (surplus) return violated(`${node} holds ${surplus}`, { node, base: value, end: end.value })
    }
    return passed(
      `${count(bases.length, 'node holds', 'nodes hold')} what ${bases.length === 1 ? 'its' : 'their'} clients account for`,
    )
  },
}

/** The first thing that a node holds and nobody accounts for, in words; undefined when there is none. Pure. */
export function surplusOf({ holds, present }: NodeInventory, base: NodeHolds): string | undefined {
  return (
    surplusOfClients(holds, sumOf(present)) ??
    surplusOfChannels(holds, sumOf(present)) ??
    surplusOfActors(holds, base, present) ??
    surplusOfWork(holds, sumOf(present)) ??
    surplusOfTimers(holds, base)
  )
}

type Sum = ReturnType<typeof sumOf>

const sumOf = (present: readonly Present[]) => ({
  connections: total(present.map((one) => one.connections)),
  polls: total(present.map((one) => one.polls)),
  channels: total(present.map((one) => one.channels)),
  relayedMax: total(present.filter((one) => one.polls > 0 || one.relays).map((one) => one.relayed ?? relayedPerClient)),
  isEveryoneReading: present.every((one) => !one.isStalled && one.polls === 0),
})

function surplusOfClients({ connections, polls, sessions }: NodeHolds, there: Sum) {
  if (connections > there.connections)
    return `${count(connections, 'WebSocket')}, and its clients have ${there.connections} open`
  if (polls > there.polls)
    return `${count(polls, 'long-poll session')}, and ${count(there.polls, 'client')} can poll there`
  if (sessions > connections + polls)
    return `${count(sessions - connections - polls, 'session')} whose connection has ended`
  return undefined
}

function surplusOfChannels({ channels, joined, subscriptions, clientSubscriptions, ...holds }: NodeHolds, there: Sum) {
  const living = total(Object.values(channels))
  if (living > joined)
    return `${count(living - joined, 'channel')} that no session has joined (it has ${listOf(channels)})`
  if (joined > living) return `${count(joined - living, 'joined topic')} whose channel has ended`
  if (joined > there.channels)
    return `${count(joined - there.channels, 'channel')} that nobody has joined (it has ${listOf(channels)})`
  if (holds.trackedOfNobody > 0)
    return `${count(holds.trackedOfNobody, 'tracked entry', 'tracked entries')} whose channel has ended`
  return undefined
}

function surplusOfActors(
  { actors, topics, subscriptions, clientSubscriptions }: NodeHolds,
  base: NodeHolds,
  present: readonly Present[],
) {
  const expected = base.subscriptions + clientSubscriptions
  if (subscriptions > expected)
    return `${count(subscriptions, 'subscription')}, and its parts and channels account for ${expected}`
  // Each topic has somebody who is subscribed to it.
  if (topics > base.topics + clientSubscriptions)
    return `${count(topics, 'topic')} of pub/sub, and its parts and channels can account for ${base.topics + clientSubscriptions}`
  for (const [role, living] of Object.entries(actors)) {
    const before = base.actors[role] ?? 0
    const forSomebody = total(present.map((one) => one.actors?.[role] ?? 0))
    if (role !== 'channel' && living > before + forSomebody)
      return `${count(living, 'actor')} of the role ${role}, and had ${before} before the first step${forSomebody > 0 ? `; ${forSomebody} more may be there for its clients` : ''}`
  }
  return undefined
}

function surplusOfWork(holds: NodeHolds, there: Sum) {
  const { callsInFlight, relayed, peerBytes, unreadBytes, outboxesWaiting, pending } = holds
  if (callsInFlight > 0) return `${count(callsInFlight, 'call')} that nobody has answered`
  if (relayed > there.relayedMax) return `${count(relayed, 'poll')} of clients that have left, relayed to another node`
  if (peerBytes > 0) return `${count(peerBytes, 'byte')} for other nodes, which are there`
  if (there.isEveryoneReading && unreadBytes + outboxesWaiting > 0)
    return `${count(unreadBytes, 'byte')} for clients, all of which read`
  const [name, left] = Object.entries(pending).find(([, one]) => one > 0) ?? []
  return name && `${left} ${describePending(name)} with nothing going on`
}

function surplusOfTimers({ timers, sessions, joined, relayed }: NodeHolds, base: NodeHolds) {
  const ofClients = timersPerSession * sessions + timersPerChannel * joined + relayed
  const timersMax = base.timers + ownTimersMax + ofClients
  return timers > timersMax ? `${count(timers, 'armed timer')}, and at most ${timersMax} have a purpose` : undefined
}

const total = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0)

const listOf = (channels: NodeHolds['channels']) =>
  Object.entries(channels)
    .map(([name, living]) => `${living} ${name}`)
    .join(', ') || 'none'

/** `databaseConnections` -> `database connections`. */
const describePending = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
