import { commands, each, html, liveView, rawHtml, type Value } from '../../../../system/live/index.ts'
import { isTrue, noSuchEvent, objectIn, written } from './input.ts'

interface Attrs {
  /** Whatever was set. */
  t: string
  on: boolean
  style: string | boolean | null
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

/** None is no text; throws a TypeError on what is none either. */
function rawIn(text: unknown) {
  if (text === null || text === undefined) return ''
  if (typeof text === 'string') return rawHtml(text)
  throw new TypeError(`expected HTML, got ${JSON.stringify(text)}`)
}

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
    isTrue(assigns.on) && 'two',
    ...assigns.list,
  ]}" style="${() => (assigns.style === true ? null : assigns.style)}" data-x=${() => assigns.t} ${() => ({ 'data-y': assigns.t, 'aria-label': null })}>${() => written(assigns.t)}</div>
<p id="raw">${() => rawIn(assigns.html)}</p>
<p id="empty">${null}${''}${[]}</p>
<p id="num">${1}${2.5}${'atom'}${'iod'}</p>
<button phx-click=${setCommand}>js</button>
<table>${() => each(assigns.grid, (row) => html`<tr>${each(row, (cell) => html`<td>${written(cell)}</td>`)}</tr>`)}</table>
${() => isTrue(assigns.on) && html`<b>on ${written(assigns.t)}</b>`}
${() => (assigns.t === 'a' ? html`case a` : html`case ${written(assigns.t)}`)}`,
})
