import { each, html, liveView, type Value } from '../../../../system/live/index.ts'
import { has, noSuchEvent, numberIn, objectIn, written } from './input.ts'

interface Tick {
  ticks: number
  messages: readonly { id: unknown; text: Value }[]
}

interface Ticking {
  left: number
  everyMs: number
}

export const tickView = liveView<Tick>({
  name: 'Tick',
  temporary: { messages: [] },
  mount(_params, _session, socket) {
    socket.assign({ ticks: 0, messages: [{ id: 0, text: 'hello' }] })
  },
  handleEvent(event, value, socket) {
    if (event === 'start') {
      const input = objectIn(value)
      const ticking: Ticking = { left: numberIn(input, 'times'), everyMs: numberIn(input, 'every') }
      if (ticking.left > 0) socket.sendAfter(ticking.everyMs, ticking)
      return
    }
    if (event === 'say') {
      const input = objectIn(value)
      return socket.assign({ messages: [{ id: has(input, 'id'), text: has(input, 'text') as Value }] })
    }
    if (event === 'bump') return socket.update('ticks', (ticks) => ticks + 1)
    if (event === 'boom_later') return socket.send('boom')
    return noSuchEvent(event)
  },
  handleInfo(message, socket) {
    if (message === 'boom') throw new Error('asked to raise')
    const { left, everyMs } = message as Ticking
    socket.update('ticks', (ticks) => ticks + 1)
    if (left > 1) socket.sendAfter(everyMs, { left: left - 1, everyMs } satisfies Ticking)
  },
  render: (assigns) => html`<p id="ticks">ticks ${() => assigns.ticks}</p>
<div id="messages">${() =>
    each(assigns.messages, ({ id, text }) => html`<p id="m-${id as string}">${written(text)}</p>`)}</div>`,
})
