import { component, each, html, liveComponent, liveView, reply } from '../../../../system/live/index.ts'
import { noSuchEvent, numberIn, objectIn, textIn } from './input.ts'

const leaf = liveComponent<{ n: number }>({
  name: 'Leaf',
  render: (assigns) => html`<span id=${() => assigns.id}>leaf ${() => assigns.n}</span>`,
})

interface Box {
  n: number
  label: string
  inner: boolean
}

const box = liveComponent<Box>({
  name: 'Box',
  mount(socket) {
    socket.assign({ n: 0, inner: false })
  },
  handleEvent(event, value, socket) {
    const { id } = socket.assigns as unknown as { id: string }
    if (event === 'inc') return socket.update('n', (n) => n + 1)
    if (event === 'ask') return reply({ n: socket.assigns.n, p: value })
    if (event === 'event') return socket.pushEvent('from_box', { id })
    if (event === 'tell') return socket.send({ toldBy: id })
    if (event === 'boom') throw new Error('asked to raise')
    return noSuchEvent(event)
  },
  render: (assigns) => html`<div id=${() => assigns.id}>
  <b>${() => assigns.label}</b> <i>${() => assigns.n}</i>
  <button phx-click="inc" phx-target=${() => assigns.myself}>+</button>
  ${() => assigns.inner && component(leaf, { id: `${assigns.id}-leaf`, n: assigns.n })}
</div>`,
})

interface Comp {
  boxes: readonly string[]
  label: string
  nested: boolean
  told: string | null
}

/** Without the first one. */
const less = (gone: string) => (boxes: readonly string[]) => boxes.filter((_, index) => index !== boxes.indexOf(gone))

export const compView = liveView<Comp>({
  name: 'Comp',
  mount(_params, _session, socket) {
    socket.assign({ boxes: ['a', 'b'], label: 'Box', nested: false, told: null })
  },
  handleEvent(event, value, socket) {
    const input = objectIn(value)
    if (event === 'label') return socket.assign({ label: textIn(input, 'to') })
    if (event === 'nest') return socket.update('nested', (nested) => !nested)
    if (event === 'more') return socket.update('boxes', (boxes) => [...boxes, textIn(input, 'box')])
    if (event === 'less') return socket.update('boxes', less(textIn(input, 'box')))
    if (event === 'send_update') return socket.sendUpdate(box, textIn(input, 'id'), { n: numberIn(input, 'n') })
    return noSuchEvent(event)
  },
  handleInfo(message, socket) {
    const { toldBy } = message as { toldBy: string }
    socket.assign({ told: `told by ${toldBy}` })
  },
  render: (assigns) => html`${() => assigns.told !== null && html`<p id="told">${assigns.told}</p>`}
${() =>
  each(assigns.boxes, (name) => {
    const inner = assigns.nested && name === 'a'
    return component(box, { id: `box-${name}`, label: `${assigns.label} ${name}`, inner })
  })}`,
})
