import { asObject } from './event.ts'
import { type Flash, noFlash } from './flash.ts'
import type { LiveView } from './live-view.ts'
import type { Page } from './page.ts'
import type { Place, Router } from './router.ts'
import type { SessionTokens } from './session-token.ts'
import type { ViewRegistry } from './view-registry.ts'

export interface JoinDeps {
  tokens: SessionTokens
  router: Router
  registry: ViewRegistry
  /** Connected pages by instance. */
  pages: ReadonlyMap<string, Page>
}

interface JoinRequest {
  topic: string
  payload: unknown
  /** Undefined when the connection did not prove that it comes from a page of this application. */
  webSession: Readonly<Record<string, unknown>> | undefined
}

export type JoinAdmission =
  | { kind: 'refused'; reason: 'stale' | 'unauthorized' }
  | {
      kind: 'admitted'
      view: LiveView
      id: string
      place: Place | undefined
      session: Readonly<Record<string, unknown>>
      flash: Flash
      parent: Page | undefined
      connectParams: Readonly<Record<string, unknown>>
      /** The client came from another view of this live session. */
      isNavigation: boolean
    }

type Session = NonNullable<ReturnType<SessionTokens['verify']>> & { kind: 'session' }

const stale = { kind: 'refused', reason: 'stale' } as const
const unauthorized = { kind: 'refused', reason: 'unauthorized' } as const

export const topicPrefix = 'lv:'

/**
 * Whether a client may have this page: good tokens of this element, a web session, and a url that leads to the view. `stale` makes the
 * client load the page again, `unauthorized` the url.
 */
export function admitJoin(deps: JoinDeps, { topic, payload, webSession }: JoinRequest): JoinAdmission {
  const join = objectOf(payload)
  const id = topic.slice(topicPrefix.length)
  const session = deps.tokens.verify('session', tokenOf(join.session, 'the session'))
  const firstFlash = flashOfFirstPage(deps.tokens, join.static, id)
  if (session?.id !== id || !firstFlash || !webSession) return stale
  const parent = session.parent === undefined ? undefined : deps.pages.get(session.parent)
  if (session.parent !== undefined && !parent) return stale
  const destination = destinationOf(deps, session, join)
  if (destination.kind === 'refused') return destination
  const isNavigation = join.redirect !== undefined
  const connectParams = paramsOf(join.params)
  const isFirst = !isNavigation && connectParams._mounts === 0
  const flash = flashOfNavigation(deps.tokens, join.flash) ?? (isFirst ? firstFlash : noFlash)
  return { ...destination, id, session: session.session, flash, parent, connectParams, isNavigation }
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

const tokenOf = (token: unknown, what: string) =>
  token === null || token === undefined ? undefined : textOf(token, what)

/** A client may have none. Throws a TypeError on what is no object. */
const paramsOf = (params: unknown) =>
  params === null || params === undefined ? {} : asObject(params, 'the params of a join')

/** Undefined for a token that is not of this element; a client may have none. */
function flashOfFirstPage(tokens: SessionTokens, token: unknown, id: string): Flash | undefined {
  if (token === null || token === undefined) return noFlash
  const content = tokens.verify('static', tokenOf(token, 'the static'))
  return content?.id === id ? content.flash : undefined
}

function flashOfNavigation(tokens: SessionTokens, token: unknown): Flash | undefined {
  if (token === null || token === undefined) return undefined
  return tokens.verify('flash', tokenOf(token, 'the flash'))?.flash ?? noFlash
}

function destinationOf(
  { router, registry }: JoinDeps,
  { view: name, liveSession, parent }: Session,
  { url, redirect }: Record<string, unknown>,
): { kind: 'admitted'; view: LiveView; place: Place | undefined } | typeof stale | typeof unauthorized {
  const view = registry.find(name)
  if (!view) return stale
  const isRouted = liveSession !== undefined && parent === undefined
  if (redirect !== undefined) {
    const place = router.find(textOf(redirect, 'the address'))
    return place && isRouted && place.liveSession === liveSession ? admittedAt(place) : unauthorized
  }
  if (!isRouted || url === undefined) return { kind: 'admitted', view, place: undefined }
  const place = router.find(textOf(url, 'the address'))
  return place?.view === view && place.liveSession === liveSession ? admittedAt(place) : unauthorized
}

/** Throws a TypeError for a place whose host was not said. */
function admittedAt(place: Place) {
  if (place.origin === '') throw new TypeError('the address of a join must be a whole url')
  return { kind: 'admitted', view: place.view, place } as const
}

function textOf(value: unknown, what: string): string {
  if (typeof value === 'string') return value
  throw new TypeError(`${what} of a join must be a text`)
}
