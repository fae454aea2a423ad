import { Presence, Socket } from 'phoenix'
import './admin.css'
import { type CartPresence, itemCounts, pageCounts, shopperCount } from './counts.ts'
import { heartbeatIntervalMs } from './page.ts'
import { stalenessOf } from './staleness.ts'

/** The dashboard's script: shows who is in the shop, as the server reports it, and how old that is (PA-43..PA-45). */
const { adminToken } = window as { adminToken?: string }
const socket = new Socket('/admin_socket', { params: { token: adminToken }, heartbeatIntervalMs })
const channel = socket.channel('admin:cart_tracker', {})
const presence = new Presence(channel)
const silentMaxMs = heartbeatIntervalMs * 2 + 1_000
const staleCheckMs = 500
const drawEveryMs = 50

/** The state as the official class keeps it. */
const stateOf = () => (presence as unknown as { state: CartPresence }).state
let heardMs: number | undefined
let hasNumbers = false
let isDrawing = false

const find = (id: string) => document.getElementById(id) as HTMLElement

function draw() {
  isDrawing = false
  const state = stateOf()
  find('shopper-count').textContent = String(shopperCount(state))
  drawPages(pageCounts(state))
  drawItems(itemCounts(state))
}

function drawPages(counts: readonly [string, number][]) {
  const rows = counts.map(([page, count]) => {
    const row = document.createElement('tr')
    row.dataset.page = page
    const name = document.createElement('th')
    name.scope = 'row'
    name.textContent = page
    const number = document.createElement('td')
    number.textContent = String(count)
    row.append(name, number)
    return row
  })
  find('page-counts').replaceChildren(...rows)
  find('no-pages').hidden = counts.length > 0
}

/** Updates every size: one that is in no cart any more goes back to zero (PA-42). */
function drawItems(counts: ReadonlyMap<number, number>) {
  for (const cell of document.querySelectorAll<HTMLElement>('.sizes__count')) {
    const count = counts.get(Number(cell.dataset.itemId)) ?? 0
    cell.textContent = String(count)
    cell.parentElement?.classList.toggle('sizes__entry--some', count > 0)
  }
}

/** Changes that come close together are drawn once. */
function drawSoon() {
  hasNumbers = true
  heardMs = Date.now()
  if (isDrawing) return
  isDrawing = true
  window.setTimeout(draw, drawEveryMs)
}

function drawStaleness() {
  const now = { isConnected: socket.isConnected() && channel.state === 'joined', nowMs: Date.now(), silentMaxMs }
  const { kind, text } = stalenessOf({ ...now, heardMs: hasNumbers ? heardMs : undefined })
  const place = find('staleness')
  if (place.dataset.text === text) return
  place.dataset.text = text
  place.className = `staleness staleness--${kind}`
  place.querySelector('.staleness__text')!.textContent = text
  document.body.classList.toggle('is-stale', kind === 'stale')
}

presence.onSync(drawSoon)
// Any message, heartbeats included, shows that the connection works and a change would have arrived, as long as the topic is joined.
socket.onMessage((() => {
  if (channel.state === 'joined') heardMs = Date.now()
}) as never)
socket.connect()
channel.join().receive('error', () => console.error('Channel join failed'))
window.setInterval(drawStaleness, staleCheckMs)

Object.assign(window, { presence, squall: { socket, channels: [channel] } })
