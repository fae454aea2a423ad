import type { History } from '../../../history/history.ts'
import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'
import type { PageNote } from '../client/page-watch.ts'

/** The operation of the `read` events that say what a page said. */
export const pageNotes = 'page-note'

const notesOf = (history: History) =>
  history.of('read', pageNotes).map(({ who, node, value }) => ({ who, node, ...(value as PageNote) }))

/** What a page says of its connection, and of what its shopper has asked for, is so (CH-112, CT-36, PA-43, PA-44). */
export const pageStatusTrue: Checker = {
  name: 'page-status-true',
  judgesOpen: true,
  needs: (history) => notesOf(history).length > 0,
  invariant:
    'no open page calls a connection well that is not, or lost that works, and each click on a size or on a removal ends in a sentence that says how it ended and stays for six seconds',
  check(history) {
    const notes = notesOf(history)
    if (notes.length === 0) return unknown('no page was watched')
    const wrong = notes.find(({ kind }) => kind === 'contradiction')
    if (wrong) return violated(`untrue: the page of ${wrong.who} (${wrong.node}) ${wrong.text}`, { wrong })
    return passed(`${count(notes.length, 'page')} said nothing that was not so`)
  },
}
