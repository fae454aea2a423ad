import type { HistoryEvent } from '../../../history/operation.ts'
import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'

type Metas = Record<string, { metas: { phx_ref: string }[] }>

const refsOf = (entries: Metas) => Object.values(entries).flatMap(({ metas }) => metas.map(({ phx_ref }) => phx_ref))

const endings: readonly HistoryEvent['type'][] = ['connect', 'disconnect', 'join']

/**
 * Whoever was sent the present entries is told of each change to them and of no other (PA-16, PA-18): an entry that comes was not there,
 * and one that leaves was. Changes that arrive before the entries are part of them.
 */
export const presenceChangesAddUp: Checker = {
  name: 'presence-changes-add-up',
  invariant:
    'a dashboard is told that somebody left only of those who were there, and that somebody came only of those who were not',
  judgesOpen: true,
  check(history) {
    const shown = new Map<string, Set<string>>()
    let changes = 0
    for (const event of history.events) {
      if (endings.includes(event.type)) shown.delete(event.who)
      if (event.type !== 'receive') continue
      if (event.event === 'presence_state') shown.set(event.who, new Set(refsOf(event.value as Metas)))
      const known = shown.get(event.who)
      if (event.event !== 'presence_diff' || !known) continue
      const wrong = apply(event.value as Change, known)
      if (wrong) return violated(`${event.who} was told ${wrong}`, { who: event.who, index: event.index })
      changes += 1
    }
    return changes === 0
      ? unknown('nobody was told of a change to what they were shown')
      : passed(`${count(changes, 'change')} of what was there`)
  },
}

interface Change {
  joins: Metas
  leaves: Metas
}

/** Applies a change. Returns what is wrong with it; undefined when it adds up. */
function apply({ joins, leaves }: Change, known: Set<string>): string | undefined {
  for (const ref of refsOf(leaves)) if (!known.delete(ref)) return `that the entry ${ref} left, which was not there`
  for (const ref of refsOf(joins)) {
    if (known.has(ref)) return `that the entry ${ref} came, which was there already`
    known.add(ref)
  }
  return undefined
}
