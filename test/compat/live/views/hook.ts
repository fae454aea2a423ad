import { html, liveView, reply } from '../../../../system/live/index.ts'
import { noSuchEvent } from './input.ts'

const oneMore = (n: number) => n + 1

export const hookView = liveView<{ n: number }>({
  name: 'Hook',
  mount(_params, _session, socket) {
    socket.assign({ n: 0 })
    if (socket.isConnected) socket.pushEvent('ready', { n: 0 })
  },
  handleEvent(event, value, socket) {
    if (event === 'ask') return reply({ echo: value, n: socket.assigns.n })
    if (event === 'no_reply') return
    if (event === 'event') return socket.pushEvent('points', { values: [1, 2, 3] })
    if (event === 'two_events') {
      socket.pushEvent('first', { a: 1 })
      return socket.pushEvent('second', { b: [true, null] })
    }
    if (event === 'all') {
      socket.update('n', oneMore)
      socket.pushEvent('changed', { n: socket.assigns.n })
      return reply({ done: true })
    }
    if (event === 'later' || event === 'later_change') return socket.send(event)
    return noSuchEvent(event)
  },
  handleInfo(message, socket) {
    if (message === 'later') return socket.pushEvent('late', {})
    if (message !== 'later_change') throw new Error('no handler for this message')
    socket.update('n', oneMore)
    socket.pushEvent('late', { n: socket.assigns.n })
  },
  render: (assigns) => html`<div id="hook" phx-hook="Chart" data-n=${() => assigns.n}>n is ${() => assigns.n}</div>`,
})
