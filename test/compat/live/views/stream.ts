import { eachStreamed, html, liveView, type Value } from '../../../../system/live/index.ts'
import { has, listIn, noSuchEvent, numberIn, objectIn, textIn, wordOf, written } from './input.ts'

interface Item {
  id: unknown
  /** Shown as it is. */
  name: Value
}

const firstItems: readonly Item[] = [1, 2, 3].map((id) => ({ id, name: `item ${id}` }))

export const streamView = liveView<{ n: number }>({
  name: 'Stream',
  mount(_params, _session, socket) {
    socket.assign({ n: 3 })
    socket.stream('items', firstItems, { domId: (item) => `items-${wordOf((item as Item).id)}` })
  },
  handleEvent(event, value, socket) {
    const input = objectIn(value)
    const item = (): Item => ({ id: has(input, 'id'), name: has(input, 'name') as Value })
    const named = (word: string) => listIn(input, 'ids').map((id): Item => ({ id, name: `${word} ${id}` }))
    if (event === 'append') return socket.streamInsert('items', item())
    if (event === 'prepend') return socket.streamInsert('items', item(), { at: 0 })
    if (event === 'at') return socket.streamInsert('items', item(), { at: numberIn(input, 'at') })
    if (event === 'limit') return socket.streamInsert('items', item(), { limit: numberIn(input, 'limit') })
    if (event === 'update_only') return socket.streamInsert('items', item(), { updateOnly: true })
    if (event === 'many') return socket.stream('items', named('many'))
    if (event === 'delete') return socket.streamDelete('items', { id: has(input, 'id') })
    if (event === 'delete_dom') return socket.streamDeleteByDomId('items', textIn(input, 'dom'))
    if (event === 'reset') return socket.stream('items', named('reset'), { reset: true })
    if (event === 'mixed') {
      socket.streamDelete('items', { id: 1 })
      socket.streamInsert('items', { id: 9, name: 'nine' })
      return socket.update('n', (n) => n + 1)
    }
    if (event === 'n') return socket.update('n', (n) => n + 1)
    return noSuchEvent(event)
  },
  render: (assigns) => html`<p id="n">${() => assigns.n}</p>
<ul id="items" phx-update="stream">
  ${() => eachStreamed<Item>(assigns.streams.items, ({ name }, domId) => html`<li id=${domId}>${written(name)}</li>`)}
</ul>`,
})
