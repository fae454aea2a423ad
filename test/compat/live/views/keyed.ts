import { each, html, liveView } from '../../../../system/live/index.ts'
import { has, listIn, noSuchEvent, objectIn, written } from './input.ts'

type Pair = readonly [id: number, name: string]

interface Keyed {
  items: readonly Pair[]
  mark: string
}

/** In the recorded application a comprehension leaves out what is no pair. */
const isPair = (item: unknown): boolean => Array.isArray(item) && item.length === 2

export const keyedView = liveView<Keyed>({
  name: 'Keyed',
  mount(_params, _session, socket) {
    socket.assign({
      items: [
        [1, 'one'],
        [2, 'two'],
        [3, 'three'],
      ],
      mark: '!',
    })
  },
  handleEvent(event, value, socket) {
    const input = objectIn(value)
    if (event === 'set') return socket.assign({ items: listIn(input, 'items') as readonly Pair[] })
    if (event === 'mark') return socket.assign({ mark: has(input, 'to') as string })
    return noSuchEvent(event)
  },
  render: (assigns) => html`<ul id="list">
  ${() =>
    each(
      assigns.items.filter(isPair),
      { key: ([id]) => id },
      ([id, name]) => html`<li id="i-${id}">${written(name)}${written(assigns.mark)}</li>`,
    )}
</ul>`,
})
