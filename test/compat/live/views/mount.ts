import { html, liveView } from '../../../../system/live/index.ts'
import { noSuchEvent } from './input.ts'

interface Mount {
  connected: boolean
  mounts: unknown
  extra: unknown
  changed: boolean
  state: number
}

/** As the recorded application writes values: none is nil, and only strings have quotes. */
function inspect(value: unknown): string {
  if (value === null || value === undefined) return 'nil'
  if (Array.isArray(value)) return `[${value.map(inspect).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value).replaceAll('#{', '\\#{')
  const inOrder = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  const pairs = inOrder.map(([name, inner]) => `${inspect(name)} => ${inspect(inner)}`)
  return `%{${pairs.join(', ')}}`
}

export const mountView = liveView<Mount>({
  name: 'Mount',
  mount({ how }, _session, socket) {
    const { isConnected, connectParams } = socket
    if (how === 'raise' && isConnected) throw new Error('asked to raise')
    const { _mounts: mounts, extra } = connectParams ?? {}
    socket.assign({ connected: isConnected, mounts, extra, changed: false, state: 1 })
  },
  handleEvent(event, _value, socket) {
    return event === 'bump' ? socket.update('state', (state) => state + 1) : noSuchEvent(event)
  },
  render: (assigns) => html`<p id="connected">${() => inspect(assigns.connected)}</p>
<p id="mounts">${() => inspect(assigns.mounts)}</p>
<p id="extra">${() => inspect(assigns.extra)}</p>
<p id="changed">${() => inspect(assigns.changed)}</p>
<p id="state">${() => assigns.state}</p>`,
})
