import { html, liveView, reply } from '../../../../system/live/index.ts'
import { has, integerOf, noSuchEvent, objectIn, textIn } from './input.ts'

interface Counter {
  count: number
}

const plus = (by: number) => (count: number) => count + by

export const counterView = liveView<Counter>({
  name: 'Counter',
  mount(_params, { count }, socket) {
    socket.assign({ count: typeof count === 'number' ? count : 0 })
  },
  handleEvent(event, value, socket) {
    const { count } = socket.assigns
    if (event === 'inc') return socket.update('count', plus(1))
    if (event === 'dec') return socket.update('count', plus(-1))
    if (event === 'add') return socket.update('count', plus(integerOf(textIn(objectIn(value), 'by'))))
    if (event === 'same') return socket.assign({ count })
    if (event === 'nothing') return
    if (event === 'ask') return reply({ count, got: value })
    if (event === 'inc_and_tell') {
      socket.update('count', plus(1))
      return reply({ was: count })
    }
    if (event === 'title') return socket.assign({ pageTitle: has(objectIn(value), 'to') as string })
    if (event === 'boom') throw new Error('asked to raise')
    if (event === 'exit') return socket.exit()
    if (event === 'bad_return') return 'nonsense' as never
    return noSuchEvent(event)
  },
  render: (assigns) => html`<h1>Counter</h1>
<p id="count">Current count: ${() => assigns.count}</p>
<button phx-click="dec">-</button>
<button phx-click="inc">+</button>`,
})
