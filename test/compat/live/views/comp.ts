import { component, each, html, liveComponent, liveView, reply } from '../../../../system/live/index.ts'
import { has, noSuchEvent, objectIn, textIn, wordOf, written } from './input.ts'

const leaf = liveComponent<{ n: number }>({
  name: 'Leaf',
  render: (assigns) => html`<span id=${() => assigns.id}>leaf ${() => written(assigns.n)}</span>`,
})

interface Box {
  n: number
  label: string
  inner: boolean
}

/** An update from the page may have made it anything. */
function oneMore(n: unknown): number {
  if (typeof n === 'number') return n + 1
  throw new TypeError('only a number can be counted up')
}

const box = liveComponent<Box>({
  name: 'Box',
  mount(socket) {
    socket.assign({ n: 0, inner: false })
  },
  handleEvent(event, value, socket) {
    const { id } = socket.assigns as unknown as { id: string }
    if (event === 'inc') return socket.update('n', oneMore)
    if (event === 'ask') return reply({ n: socket.assigns.n, p: value })
    if (event === 'event') return socket.pushEvent('from_box', { id })
    if (event === 'tell') return socket.send({ toldBy: id })
    if (event === 'boom') throw new Error('asked to raise')
    return noSuchEvent(event)
  },
  render: (assigns) => html`<div id=${() => assigns.id}>
  <b>${() => assigns.label}</b> <i>${() => written(assigns.n)}</i>
  <button phx-click="inc" phx-target=${() => assigns.myself}>+</button>
  ${() => assigns.inner && component(leaf, { id: `${assigns.id}-leaf`, n: assigns.n })}
</div>`,
})

interface Comp {
  boxes: readonly unknown[]
  label: unknown
  nested: boolean
  told: string | null
}

/** Without the first one. */
const less = (gone: unknown) => (boxes: readonly unknown[]) => boxes.filter((_, index) => index !== boxes.indexOf(gone))

export const compView = liveView<Comp>({
  name: 'Comp',
  mount(_params, _session, socket) {
    socket.assign({ boxes: ['a', 'b'], label: 'Box', nested: false, told: null })
  },
  handleEvent(event, value, socket) {
    const input = objectIn(value)
    if (event === 'label') return socket.assign({ label: has(input, 'to') })
    if (event === 'nest') return socket.update('nested', (nested) => !nested)
    if (event === 'more') return socket.update('boxes', (boxes) => [...boxes, has(input, 'box')])
    if (event === 'less') return socket.update('boxes', less(has(input, 'box')))
    if (event === 'send_update') return socket.sendUpdate(box, textIn(input, 'id'), { n: has(input, 'n') })
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
    return component(box, { id: `box-${wordOf(name)}`, label: `${wordOf(assigns.label)} ${wordOf(name)}`, inner })
  })}`,
})
