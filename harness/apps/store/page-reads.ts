import type { LiveSight } from './sights.ts'

/** Runs in the page: the sockets of its scripts, and the topics that they have joined or should have. */
export function readJoins() {
  interface PageChannel {
    topic: string
    state: string
  }
  interface PageSocket {
    isConnected(): boolean
    heartbeatIntervalMs: number
    channels: unknown[]
  }
  const { squall, liveSocket } = window as unknown as {
    squall?: { socket: PageSocket; sockets?: PageSocket[]; channels: PageChannel[] }
    liveSocket?: { socket: PageSocket; main: { channel: PageChannel } | null }
  }
  const sockets = [squall?.socket, liveSocket?.socket].filter((one) => one !== undefined)
  const all = [...(squall?.sockets ?? []), ...sockets.filter((one) => !squall?.sockets?.includes(one))]
  const channels = [...(squall?.channels ?? []), ...(liveSocket?.main ? [liveSocket.main.channel] : [])]
  return {
    connected: sockets.length > 0 && sockets.every((socket) => socket.isConnected()),
    expected: channels.map(({ topic }) => topic),
    joined: channels.filter(({ state }) => state === 'joined').map(({ topic }) => topic),
    heartbeatsMs: sockets.map(({ heartbeatIntervalMs }) => heartbeatIntervalMs),
    socketCount: all.length,
    channelCount: all.reduce((sum, socket) => sum + socket.channels.length, 0),
  }
}

/** Runs in the page. */
export function readLive(): LiveSight | undefined {
  const root = document.querySelector('[data-phx-main]')
  if (!root) return undefined
  const copy = root.cloneNode(true) as Element
  for (const element of copy.querySelectorAll('*'))
    for (const name of element.getAttributeNames()) if (name.startsWith('data-phx-')) element.removeAttribute(name)
  return { path: window.location.pathname, html: copy.innerHTML.replaceAll(/>\s+</g, '><').trim() }
}

/** Runs in the page: the same of a page that nothing has changed since it was sent. */
export function readContent(html: string): string {
  const root = new DOMParser().parseFromString(html, 'text/html').querySelector('[data-phx-main]')
  return root ? root.innerHTML.replaceAll(/>\s+</g, '><').trim() : ''
}
