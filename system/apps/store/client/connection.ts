import type { Socket } from 'phoenix'
import { describeLoss, lostMinMs } from './connection-loss.ts'
import { heartbeatIntervalMs } from './page.ts'

const lookEveryMs = 500

/** Says at the top of the page that its connection is lost, for as long as it is. */
export function watchConnection(socket: Socket) {
  let heardMs = Date.now()
  const heard = () => {
    heardMs = Date.now()
  }
  socket.onOpen(heard)
  socket.onMessage(heard)
  const place = document.createElement('p')
  place.className = 'connection'
  place.setAttribute('role', 'status')
  document.body.prepend(place)
  const silentMaxMs = 2 * heartbeatIntervalMs + lostMinMs
  window.setInterval(() => {
    const text = describeLoss({ isConnected: socket.isConnected(), heardMs, nowMs: Date.now(), silentMaxMs })
    // Said once: the same text again would be read aloud again.
    if (place.textContent !== text) place.textContent = text
  }, lookEveryMs)
}
