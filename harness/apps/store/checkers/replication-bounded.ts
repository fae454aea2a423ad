import { type Checker, passed, unknown, violated } from '../../../verdict/checker.ts'

/** Handling a replicated event replicates nothing: with n nodes, each event sent by a change is handled at most n - 1 times (ST-55, DF-58). */
export const replicationBounded: Checker = {
  name: 'replication-bounded',
  invariant: 'replication messages = changes, handled at most n - 1 times each',
  check(history) {
    const counters = history
      .finals<{ counters: Record<string, number> }>('node-state')
      .map(({ value }) => value.counters)
    const sum = (name: string) => counters.reduce((total, one) => total + (one[name] ?? 0), 0)
    const attempts = history
      .of('invoke')
      .filter(({ operation }) => operation === 'release' || operation === 'sell').length
    if (counters.length < 2 || attempts === 0) return unknown('fewer than two nodes, or nothing to replicate')
    if (history.of('invoke', 'reduce').length > 0)
      return unknown('a reducer changes too much to be counted; use single sales')
    const [sent, handled] = [sum('replicationSent'), sum('replicationHandled')]
    if (sent > attempts)
      return violated(`loop: ${attempts} changes made ${sent} replication messages`, { sent, handled })
    if (handled > sent * (counters.length - 1))
      return violated(`too many: ${sent} messages were handled ${handled} times`, { sent, handled })
    return sent === 0
      ? unknown('nothing was replicated')
      : passed(`${sent} messages, handled ${handled} times`, { sent, handled })
  },
}
