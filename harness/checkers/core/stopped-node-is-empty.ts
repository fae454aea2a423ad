import { type NodeHolds, type NodeRemains, nodeRemains } from '../../history/inventory.ts'
import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'

/** A node that has stopped has ended all that it began: in another order of its parts, it would go on (RT-13). */
export const stoppedNodeIsEmpty: Checker = {
  name: 'stopped-node-is-empty',
  invariant:
    'when a node has stopped, nothing is left of its connections, channels, actors, subscriptions, calls and database connections, and the last that it says to the others is a goodbye',
  needs: (history) => history.of('read', nodeRemains).length > 0,
  check(history) {
    const stops = history.of('read', nodeRemains)
    if (stops.length === 0) return unknown('no node was asked to end')
    for (const { node, value } of stops) {
      const remains = value as NodeRemains
      const left = leftIn(remains)
      if (left) return violated(`left over: ${node} had stopped and ${left}`, { node, remains })
    }
    return passed(`${count(stops.length, 'node')} stopped with nothing left`)
  },
}

/** The first thing that is left, in words. */
function leftIn({ holds, saidAfterGoodbye = [], withoutGoodbye = [] }: NodeRemains): string | undefined {
  if (withoutGoodbye.length > 0) return `never said goodbye on ${withoutGoodbye[0]} to nodes that heard it there`
  if (saidAfterGoodbye.length > 0) return `told the others after its goodbye: ${saidAfterGoodbye[0]}`
  const [what, left] = Object.entries(countsOf(holds)).find(([, one]) => one > 0) ?? []
  return what && `still had ${left} ${what}`
}

/**
 * Timers do not count: the time limit of something that has ended may still be armed, and one that repeats itself says something. Nor do
 * relayed polls: a node that is away never answers them.
 */
const countsOf = ({ connections, polls, sessions, callsInFlight, actors, pending }: NodeHolds) => ({
  'open WebSockets': connections,
  'long-poll sessions': polls,
  sessions,
  ...Object.fromEntries(Object.entries(actors).map(([role, living]) => [`actors of the role ${role}`, living])),
  'calls in flight': callsInFlight,
  ...Object.fromEntries(Object.entries(pending).map(([name, left]) => [`of ${name}`, left])),
})
