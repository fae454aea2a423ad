import { commands, each, html, liveView, rawHtml, type Value } from '../../../../system/live/index.ts'
import { noSuchEvent, objectIn } from './input.ts'

interface Attrs {
  /** Whatever was set. */
  t: string
  on: boolean
  style: string | null
  html: string
  list: readonly string[]
  grid: readonly (readonly Value[])[]
}

const names: ReadonlySet<string> = new Set(['t', 'on', 'style', 'html', 'list', 'grid'])

function changesIn(value: unknown): Partial<Attrs> {
  const { value: _value, ...changes } = objectIn(value)
  const strange = Object.keys(changes).find((name) => !names.has(name))
  if (strange !== undefined) throw new TypeError(`there is no assign ${strange}`)
  return changes as Partial<Attrs>
}

/** As a text even false is written out; in an attribute it is none. */
const written = (value: Value): Value => (value === false ? 'false' : value)

const setCommand = commands()
  .push('set', { value: { t: 'js' } })
  .hide({ to: '#d' })

export const attrsView = liveView<Attrs>({
  name: 'Attrs',
  mount(_params, _session, socket) {
    socket.assign({ t: 'a', on: false, style: null, html: '<i>safe</i>', list: ['x', 'y'], grid: [[1, 2], [3]] })
  },
  handleEvent(event, value, socket) {
    return event === 'set' ? socket.assign(changesIn(value)) : noSuchEvent(event)
  },
  render: (assigns) => html`<div id="d" title=${() => assigns.t} hidden=${() => assigns.on} class="one ${() => [
    assigns.on && 'two',
    ...assigns.list,
  ]}" style="${() => assigns.style}" data-x=${() => assigns.t} ${() => ({ 'data-y': assigns.t, 'aria-label': null })}>${() => written(assigns.t)}</div>
<p id="raw">${() => rawHtml(assigns.html)}</p>
<p id="empty">${null}${''}${[]}</p>
<p id="num">${1}${2.5}${'atom'}${'iod'}</p>
<button phx-click=${setCommand}>js</button>
<table>${() => each(assigns.grid, (row) => html`<tr>${each(row, (cell) => html`<td>${cell}</td>`)}</tr>`)}</table>
${() => assigns.on && html`<b>on ${written(assigns.t)}</b>`}
${() => (assigns.t === 'a' ? html`case a` : html`case ${written(assigns.t)}`)}`,
})
