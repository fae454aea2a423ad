import type { Channel, Socket } from 'phoenix'
import { describeLoss, lostMinMs } from './connection-loss.ts'
import { heartbeatIntervalMs } from './page.ts'

const lookEveryMs = 500

/** Says at the top of the page that its connection is lost, or one of its topics not joined, for as long as that is so. */
export function watchConnection(socket: Socket, channels: readonly Channel[]) {
  let heardMs = Date.now()
  let workedMs = heardMs
  const heard = () => {
    heardMs = Date.now()
  }
  socket.onOpen(heard)
  socket.onMessage(heard)
  // A page that the browser had kept alive has just begun to connect again.
  window.addEventListener('pageshow', () => {
    heardMs = Date.now()
    workedMs = heardMs
  })
  const place = document.createElement('p')
  place.className = 'connection'
  place.setAttribute('role', 'status')
  document.body.prepend(place)
  const silentMaxMs = 2 * heartbeatIntervalMs + lostMinMs
  window.setInterval(() => {
    const isConnected = socket.isConnected()
    const nowMs = Date.now()
    if (isConnected && channels.every(({ state }) => state === 'joined')) workedMs = nowMs
    const text = describeLoss({ isConnected, workedMs, heardMs, nowMs, silentMaxMs })
    // Said once: the same text again would be read aloud again.
    if (place.textContent !== text) place.textContent = text
  }, lookEveryMs)
}
