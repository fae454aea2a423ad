import {
  type BaseAssigns,
  type Body,
  html,
  type LiveSocket,
  link,
  liveView,
  reply,
  type Value,
} from '../../../../system/live/index.ts'
import { noSuchEvent, objectIn, textIn } from './input.ts'

/** Belongs to what is sent, and changes with the flash. */
const appLayout = (assigns: BaseAssigns, body: Body) => html`<main>
  ${() =>
    assigns.flash.info !== undefined &&
    html`<p id="flash-info" phx-click="lv:clear-flash" phx-value-key="info">${assigns.flash.info}</p>`}
  ${() => assigns.flash.error !== undefined && html`<p id="flash-error">${assigns.flash.error}</p>`}
  ${body}
</main>`

interface NavA {
  navId: string
  /** Whatever the query holds. */
  q: Value
  uri: string
  csrfToken: string
}

/** A message to itself. */
interface Later {
  do: string
  to: string
}

export type CsrfTokenOf = (session: Readonly<Record<string, unknown>>) => string

export const navAView = (csrfTokenOf: CsrfTokenOf) =>
  liveView<NavA>({
    name: 'NavA',
    layout: appLayout,
    mount(_params, session, socket) {
      socket.assign({ pageTitle: 'Nav A', csrfToken: csrfTokenOf(session) })
    },
    handleParams({ id, q }, uri, socket) {
      socket.assign({ navId: String(id), q: (q ?? null) as Value, uri })
    },
    handleEvent: navEvent,
    handleInfo(message, socket) {
      const { do: what, to } = message as Later
      if (what === 'patch') return socket.pushPatch(to)
      if (what === 'navigate') return socket.pushNavigate(to)
      if (what === 'redirect') return socket.redirect(to)
      throw new Error(`no handler for ${what}`)
    },
    render: (assigns) => html`<h1>Page A ${() => assigns.navId}</h1>
<p id="q">q=${() => assigns.q}</p>
<p id="uri">${() => assigns.uri}</p>
${link({ patch: '/nav/a/2?q=link' }, 'patch')}
${link({ patch: '/nav/a/3', replace: true }, 'replace')}
${link({ navigate: '/nav/b' }, 'navigate')}
${link({ href: '/hello' }, 'href')}
${() => link({ href: '/logout', method: 'delete', csrfToken: assigns.csrfToken }, 'method')}`,
  })

function navEvent(event: string, value: unknown, socket: LiveSocket<NavA>) {
  const input = objectIn(value)
  const to = () => textIn(input, 'to')
  const replace = input.replace === true
  if (event === 'patch') return socket.pushPatch(to(), { replace })
  if (event === 'patch_flash') {
    socket.putFlash('info', 'patched')
    return socket.pushPatch(to())
  }
  if (event === 'navigate') return socket.pushNavigate(to(), { replace })
  if (event === 'navigate_flash') {
    socket.putFlash('info', 'welcome')
    return socket.pushNavigate(to())
  }
  if (event === 'redirect') return socket.redirect(to())
  if (event === 'redirect_flash') {
    socket.putFlash('error', 'go away')
    return socket.redirect(to())
  }
  if (event === 'external') return socket.redirect({ external: to() })
  if (event === 'flash') return putFlash(socket, textIn(input, 'kind'), textIn(input, 'text'))
  if (event === 'clear') return socket.clearFlash()
  if (event === 'reply_patch') {
    socket.pushPatch(to())
    return reply({ ok: 1 })
  }
  if (event === 'reply_navigate') {
    socket.pushNavigate(to())
    return reply({ ok: 1 })
  }
  if (event === 'later') return socket.send({ do: textIn(input, 'do'), to: to() } satisfies Later)
  return noSuchEvent(event)
}

function putFlash(socket: LiveSocket<NavA>, kind: string, text: string) {
  if (kind !== 'info' && kind !== 'error') throw new TypeError(`there is no flash of the kind ${kind}`)
  socket.putFlash(kind, text)
}

export const navBView = liveView({
  name: 'NavB',
  layout: appLayout,
  mount(_params, _session, socket) {
    socket.assign({ pageTitle: 'Nav B' })
  },
  render: () => html`<h1>Page B</h1>
${link({ navigate: '/nav/a/1' }, 'back')}`,
})

export const otherView = liveView({ name: 'Other', render: () => html`<p>Another live session</p>` })
