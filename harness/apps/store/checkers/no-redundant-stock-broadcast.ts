import type { HistoryEvent } from '../../../history/operation.ts'
import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'

interface TestEvent {
  item_id: number
  level: string
}

/** A stock level is sent to a page only when it changes or is `out`; a sale that does not change it is not broadcast (ST-29, ST-30, DF-64). */
export const noRedundantStockBroadcast: Checker = {
  name: 'no-redundant-stock-broadcast',
  invariant: 'a broadcast about an item says another level than its receiver was told last, or that it is gone',
  judgesOpen: true,
  check(history) {
    const last = new Map<string, HistoryEvent>()
    const firstChange = history.of('invoke').find(({ operation = '' }) => changes.has(operation))
    let newsCount = 0
    for (const event of history.of('receive').filter(({ event: name }) => name === 'stock_change')) {
      const { item_id, level } = event.value as TestEvent
      const key = `item ${item_id} to ${event.who} on ${event.topic}`
      const before = last.get(key)
      last.set(key, event)
      if (!isBroadcast(event)) continue
      const isRepeated = before !== undefined && levelIn(before) === level
      if (isRepeated && level !== 'out' && !mayCross(before, firstChange))
        return violated(`no news: ${key} is ${level}, as it was told before`, { event })
      newsCount += 1
    }
    return newsCount === 0
      ? unknown('no level was announced to anybody')
      : passed(`${count(newsCount, 'level')} told, each was news`)
  },
}

const changes: ReadonlySet<string> = new Set(['sell', 'reduce', 'purchase', 'notify-stock'])

const levelIn = ({ value }: HistoryEvent) => (value as TestEvent).level

/** A node knows the stock before it hears the news of it: whoever joins in between is told the level, and then the news. */
const mayCross = (before: HistoryEvent, firstChange: HistoryEvent | undefined) =>
  !isBroadcast(before) && firstChange !== undefined && firstChange.index < before.index

/** State sent by a join has a join_ref and is not a broadcast. */
const isBroadcast = ({ joinRef }: HistoryEvent) => joinRef === null
