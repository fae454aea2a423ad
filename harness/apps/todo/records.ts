import type { Opened, TodoEntry } from './lists.ts'

/** The operation that adds entries; its value is `NewEntries`. */
export const addOperation = 'todo-add'

/** The `read` of a list that many opened at the same moment. */
export const openedRead = 'todo-opened'
export type OpenedList = Opened & { name: string }

/** The `final` of one list, as its node has it: its entries, or why they could not be read. */
export const listFinal = 'todo-list'
export type FinalList =
  | { name: string; entries: readonly TodoEntry[] }
  | { name: string; problem: string /** There was no answer in time. */; isLate?: true }

/** The `final` of a node: how many servers of each list live, by the names of their actors. */
export const serversFinal = 'todo-servers'
