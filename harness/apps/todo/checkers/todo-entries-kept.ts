import type { HistoryEvent } from '../../../history/operation.ts'
import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'
import type { NewEntries, TodoEntry } from '../lists.ts'
import { addOperation, type FinalList, listFinal } from '../records.ts'

/** What was added to one list of one node. */
interface Added {
  /** Must be there once. */
  sure: string[]
  /** May be there, once for each time. */
  unsure: string[]
}

/**
 * Every entry whose addition was confirmed is in its list in the end, once and unaltered, whatever was killed meanwhile; and nothing is in a
 * list that nobody added (RT-12, NF-16, NF-17).
 */
export const todoEntriesKept: Checker = {
  name: 'todo-entries-kept',
  invariant: 'every entry that was added is in its list in the end, once and unaltered, and nothing else is',
  check(history) {
    const added = additionsIn(history.events)
    const finals = history.finals<FinalList>(listFinal)
    let kept = 0
    for (const { node = '', value } of finals) {
      const of = added.get(keyOf(node, value.name)) ?? { sure: [], unsure: [] }
      if ('problem' in value) {
        if (of.sure.length === 0) continue
        if (value.isLate) return unknown(`${value.name} of ${node} was not read in time (${value.problem})`)
        return violated(`lost: ${value.name} of ${node} cannot be read (${value.problem})`, { node, list: value })
      }
      const problem = problemOf(of, value.entries)
      if (problem) return violated(`${problem} in ${value.name} of ${node}`, { node, list: value, added: of })
      kept += of.sure.length
    }
    const unread = [...added].find(([key, { sure }]) => sure.length > 0 && !finals.some(isOf(key)))
    if (unread) return unknown(`nobody read the list ${unread[0]} in the end`)
    if (kept === 0) return unknown('no entry was added')
    return passed(`${count(kept, 'entry is', 'entries are')} in ${count(finals.length, 'list')}`)
  },
}

const keyOf = (node: string, name: string) => `${name} of ${node}`

const isOf =
  (key: string) =>
  ({ node = '', value }: { node: string | undefined; value: FinalList }) =>
    keyOf(node, value.name) === key

const textOf = ({ date, title }: Pick<TodoEntry, 'date' | 'title'>) => `${date} ${title}`

function additionsIn(events: readonly HistoryEvent[]): Map<string, Added> {
  const ended = new Map(
    events.filter(({ type }) => type === 'ok' || type === 'failed').map(({ op, type }) => [op, type]),
  )
  const added = new Map<string, Added>()
  for (const { type, operation, op, who, value } of events) {
    if (type !== 'invoke' || operation !== addOperation) continue
    const { name, date, titles } = value as NewEntries
    const end = ended.get(op)
    if (end === 'failed') continue
    const key = keyOf(who, name)
    const of = added.get(key) ?? { sure: [], unsure: [] }
    of[end === 'ok' ? 'sure' : 'unsure'].push(...titles.map((title) => textOf({ date, title })))
    added.set(key, of)
  }
  return added
}

/** Takes what is there off what may be there: what must be left over is lost, and what is too many was not added. */
function problemOf({ sure, unsure }: Added, entries: readonly TodoEntry[]): string | undefined {
  const missing = countsOf(sure)
  const possible = countsOf(unsure)
  for (const text of entries.map(textOf)) {
    if (takeOne(missing, text) || takeOne(possible, text)) continue
    return sure.includes(text) || unsure.includes(text) ? `twice: "${text}" is` : `not added: "${text}" is`
  }
  const [lost] = missing.keys()
  return lost === undefined ? undefined : `lost: "${lost}" is missing`
}

function countsOf(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}

function takeOne(counts: Map<string, number>, text: string): boolean {
  const left = counts.get(text) ?? 0
  if (left === 0) return false
  if (left === 1) counts.delete(text)
  else counts.set(text, left - 1)
  return true
}
