import type { History } from '../../history/history.ts'
import { type Checker, passed, unknown, violated } from '../../verdict/checker.ts'

interface NodePushes {
  pushes?: Record<string, number>
}

/** Nobody sends a push twice for somebody: one that was cut off may or may not have been handled, and never twice (AM-10). */
export const pushesHandledOnce: Checker = {
  name: 'pushes-handled-once',
  invariant:
    'of the pushes to a kind of channel at least those that were answered were handled, and at most those that were tried',
  lacks: (history) => (nodesOf(history).length > 0 ? undefined : 'no node shows how many pushes it has handled'),
  check(history) {
    const attempts = history.of('invoke', 'push')
    if (attempts.length === 0) return unknown('nobody pushed anything')
    if (history.faults.some(({ forgets }) => forgets === 'memory'))
      return unknown('a node was started again, and forgot')
    const nodes = nodesOf(history)
    if (nodes.length === 0) return unknown('no node was asked how many pushes it has handled')
    const earlier = beforeSteps(history)
    const evidence: Record<string, object> = {}
    for (const [channel, own] of Map.groupBy(attempts, channelOf)) {
      const okCount = own.filter((one) => history.endOf(one)?.type === 'ok').length
      const handled = countOf(nodes, channel) - countOf(earlier, channel)
      const numbers = { tried: own.length, handled, answered: okCount }
      if (handled > own.length)
        return violated(`handled twice: ${channel} handled ${handled} pushes of ${own.length}`, numbers)
      if (handled < okCount)
        return violated(
          `answered without being handled: ${channel} answered ${okCount} pushes and handled ${handled}`,
          numbers,
        )
      evidence[channel] = numbers
    }
    return passed(`${attempts.length} pushes were tried, none was handled twice`, evidence)
  },
}

type Nodes = readonly { value: NodePushes }[]

const countOf = (nodes: Nodes, channel: string) =>
  nodes.reduce((sum, { value }) => sum + (value.pushes?.[channel] ?? 0), 0)

/** What nodes had handled before the first step: those that run already have had other clients. */
const beforeSteps = (history: History): Nodes =>
  history.of('read', 'node-state').map(({ value }) => ({ value: value as NodePushes }))

/** A state that was never read is no evidence. */
const nodesOf = (history: History) =>
  history.finals<NodePushes>('node-state').filter(({ value }) => value.pushes !== undefined)

const channelOf = ({ value }: { value?: unknown }) => (value as { channel: string }).channel
