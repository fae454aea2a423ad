import type { HistoryEvent } from '../../../history/operation.ts'
import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'

type Metas = Record<string, { metas: { phx_ref: string }[] }>

const refsOf = (entries: Metas) => Object.values(entries).flatMap(({ metas }) => metas.map(({ phx_ref }) => phx_ref))

const endings: readonly HistoryEvent['type'][] = ['connect', 'disconnect', 'join']

/** Each client receives a presence change from its own node only (PA-9, PA-16, DF-93). */
export const presenceJoinDeliveredOnce: Checker = {
  name: 'presence-join-delivered-once',
  invariant: 'nobody is told twice that somebody came',
  judgesOpen: true,
  check(history) {
    const there = new Map<string, Set<string>>()
    let toldCount = 0
    for (const event of history.events) {
      // Whoever joins again is told anew who is there.
      if (endings.includes(event.type)) there.delete(event.who)
      if (event.type !== 'receive' || event.event !== 'presence_diff') continue
      const known = there.get(event.who) ?? new Set()
      there.set(event.who, known)
      const again = hear(event, known)
      if (again) return violated(`told twice: ${event.who} heard again that ${again} came`, { who: event.who })
      toldCount += 1
    }
    return toldCount === 0 ? unknown('nobody was told of a change') : passed(`${count(toldCount, 'change')} told once`)
  },
}

/** Applies a change. Returns the joined entry that was already present; an entry that left may join again. */
function hear({ value }: HistoryEvent, known: Set<string>): string | undefined {
  const { joins, leaves } = value as { joins: Metas; leaves: Metas }
  const joined = refsOf(joins)
  const again = joined.find((ref) => known.has(ref))
  for (const ref of joined) known.add(ref)
  for (const ref of refsOf(leaves)) known.delete(ref)
  return again
}
