import { html, liveView, nestedView } from '../../../../system/live/index.ts'
import { noSuchEvent } from './input.ts'

const childView = liveView<{ n: number }>({
  name: 'Child',
  mount(_params, { start }, socket) {
    socket.assign({ n: start as number })
  },
  handleEvent(event, _value, socket) {
    if (event === 'inc') return socket.update('n', (n) => n + 1)
    if (event === 'tell') return socket.parent?.send({ childN: socket.assigns.n })
    if (event === 'boom') throw new Error('asked to raise')
    return noSuchEvent(event)
  },
  render: (assigns) => html`<p>child ${() => assigns.n}</p>`,
})

export const nestedPageView = liveView<{ n: number; more: boolean }>({
  name: 'Nested',
  mount(_params, _session, socket) {
    socket.assign({ n: 0, more: false })
  },
  handleEvent(event, _value, socket) {
    if (event === 'inc') return socket.update('n', (n) => n + 1)
    if (event === 'more') return socket.update('more', (more) => !more)
    return noSuchEvent(event)
  },
  handleInfo(message, socket) {
    socket.assign({ n: (message as { childN: number }).childN })
  },
  render: (assigns) => html`<p id="parent">parent ${() => assigns.n}</p>
${nestedView(childView, 'child', { start: 5 })}
${() => assigns.more && nestedView(childView, 'second', { start: 7 })}`,
})
