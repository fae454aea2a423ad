import { html, liveView } from '../../../live/index.ts'

/** The smallest live page: a number that its session begins with, and two buttons (LV-16). */
export const counterView = liveView<{ count: number }>({
  name: 'Counter',
  mount(_params, { count }, socket) {
    socket.assign({ count: Number(count), pageTitle: 'Counter · Sneakers23' })
  },
  handleEvent(event, _value, socket) {
    if (event === 'dec') return socket.update('count', (count) => count - 1)
    if (event === 'inc') return socket.update('count', (count) => count + 1)
    throw new Error(`the counter has no event ${JSON.stringify(event.slice(0, 100))}`)
  },
  render: ({ count }) => html`<main class="counter">
<h1 aria-live="polite">Current count: ${count}</h1>
<p><button type="button" phx-click="dec">-</button> <button type="button" phx-click="inc">+</button></p>
</main>`,
})
