import { html, liveView } from '../../../../system/live/index.ts'

export const bounceView = liveView<{ h: string | null }>({
  name: 'Bounce',
  mount({ how }, _session, socket) {
    socket.assign({ h: null })
    if (how === 'redirect') return socket.redirect('/nav/b')
    if (how === 'navigate') return socket.pushNavigate('/nav/b')
    if (how === 'flash') {
      socket.putFlash('info', 'bounced')
      return socket.pushNavigate('/nav/b')
    }
    if (how === 'connected' && socket.isConnected) return socket.pushNavigate('/nav/b')
    if (how === 'connected_redirect' && socket.isConnected) return socket.redirect('/hello')
  },
  handleParams({ how }, _url, socket) {
    if (how === 'patch') return socket.pushPatch('/bounce/landed')
    if (how !== 'connected_patch') return socket.assign({ h: String(how) })
    if (socket.isConnected) socket.pushPatch('/bounce/landed')
  },
  render: (assigns) => html`<p>Landed ${() => assigns.h}</p>`,
})
