import type { Flash } from './flash.ts'

/** Where a handler sends the client. */
export type Navigation =
  | { kind: 'patch'; to: string; replace: boolean }
  | { kind: 'navigate'; to: string; replace: boolean }
  | { kind: 'redirect'; to: string }

export interface NavigationOptions {
  /** Takes the place of the current entry of the browser's history. */
  replace?: boolean
}

/** A path of the application itself. Throws a TypeError for anything else: it would lead to another host. */
export function ownPath(to: unknown): string {
  if (typeof to === 'string' && /^\/(?![/\\])/.test(to)) return to
  throw new TypeError(`${JSON.stringify(to)} is no path of this application; it must begin with one slash`)
}

/** Of addresses that lead elsewhere and run no script. */
const externalProtocols: ReadonlySet<string> = new Set(
  'http: https: ftp: ftps: mailto: news: irc: gopher: nntp: feed: telnet: mms: rtsp: svn: tel: fax: xmpp:'.split(' '),
)

/** The address of another application. Throws a TypeError for one of an unknown scheme: it could run a script. */
export function externalUrl(to: unknown): string {
  const url = typeof to === 'string' ? URL.parse(to) : null
  if (url && externalProtocols.has(url.protocol)) return to as string
  throw new TypeError(`${JSON.stringify(to)} is no address that a client may be led to, such as https://shop.example`)
}

/** What the client is told of it. */
export function navigationWire(navigation: Exclude<Navigation, { kind: 'patch' }>, flashToken: string | undefined) {
  const flash = flashToken === undefined ? {} : { flash: flashToken }
  if (navigation.kind === 'redirect') return { redirect: { ...flash, to: navigation.to, status: 302 } }
  return { live_redirect: { ...flash, ...kindAndTarget(navigation) } }
}

export const kindAndTarget = ({ to, replace }: { to: string; replace: boolean }) => ({
  kind: replace ? 'replace' : 'push',
  to,
})

export const hasFlash = (flash: Flash) => Object.keys(flash).length > 0
