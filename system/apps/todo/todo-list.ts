/** What is to be done on a day. */
export interface NewEntry {
  /** `2026-11-30` */
  date: string
  title: string
}

export interface Entry extends NewEntry {
  id: number
}

export interface TodoList {
  lastId: number
  entries: readonly Entry[]
}

export const emptyList: TodoList = { lastId: 0, entries: [] }

/** The list with one more entry, and that entry. Pure. */
export function withEntry({ lastId, entries }: TodoList, { date, title }: NewEntry): { list: TodoList; entry: Entry } {
  const entry = { id: lastId + 1, date, title }
  return { list: { lastId: entry.id, entries: [...entries, entry] }, entry }
}

/** The entries of a day, or all of them. Pure. */
export const entriesOf = ({ entries }: TodoList, date?: string): readonly Entry[] =>
  date === undefined ? entries : entries.filter((entry) => entry.date === date)
