import { randomBytes } from 'node:crypto'
import { type Flash, noFlash } from './flash.ts'
import type { LiveView } from './live-view.ts'
import { Page } from './page.ts'
import { pageElement } from './page-element.ts'
import { mountPage } from './page-params.ts'
import type { Place } from './router.ts'
import type { SessionTokens } from './session-token.ts'
import type { Nested } from './tree.ts'
import { RawHtml } from './value.ts'
import type { ViewRegistry } from './view-registry.ts'

type SessionData = Readonly<Record<string, unknown>>

export interface FirstPageRequest {
  view: LiveView
  /** Undefined for a view that is rendered without a route. */
  place?: Place | undefined
  /** What the web session of the browser holds. */
  webSession: SessionData
  /** What only this view is given; it travels in its token. */
  session: SessionData
  flash: Flash
}

/** What answers a request for a live page. */
export type FirstPage =
  | { kind: 'page'; content: RawHtml; title: string | undefined }
  /** The flash belongs into the web session. */
  | { kind: 'redirect'; status: 302; to: string; flash: Flash }

interface FirstPageDeps {
  tokens: SessionTokens
  registry: ViewRegistry
}

/** Renders the whole HTML of a view and of the views in it (LV-2). Nothing of it is left afterwards (LV-3). */
export async function renderFirstPage(deps: FirstPageDeps, request: FirstPageRequest): Promise<FirstPage> {
  const { tokens, registry } = deps
  const { view, place, session, flash } = request
  const id = `phx-${randomBytes(15).toString('base64url')}`
  const page = new Page({ view, id, flash, place })
  const redirect = await enter(page, request)
  if (redirect) return redirect
  registry.add(view)
  const content = await contentOf(deps, page, request)
  const sessionToken = tokens.sign({
    kind: 'session',
    id,
    view: view.name,
    session,
    ...(place && { liveSession: place.liveSession }),
  })
  const staticToken = tokens.sign({ kind: 'static', id, flash: page.flash })
  const element = pageElement({ id, session: sessionToken, staticToken, content })
  return { kind: 'page', content: new RawHtml(element), title: page.title }
}

/** Mounts the page. Returns where it leads, if it is somewhere else. */
async function enter(page: Page, { webSession, session }: FirstPageRequest): Promise<FirstPage | undefined> {
  await mountPage(page, { ...webSession, ...session })
  return page.navigation && { kind: 'redirect', status: 302, to: page.navigation.to, flash: page.flash }
}

async function contentOf(deps: FirstPageDeps, page: Page, request: FirstPageRequest): Promise<string> {
  const drawn = page.draw()
  for (const nested of page.unfilled) nested.html = await renderNested(deps, nested, page.id, request)
  return drawn.html()
}

async function renderNested(
  deps: FirstPageDeps,
  { view: definition, id, session }: Nested,
  parentId: string,
  { webSession }: FirstPageRequest,
): Promise<string> {
  const view = definition as LiveView
  const request = { view, webSession, session, flash: noFlash }
  const page = new Page({ view, id, flash: noFlash })
  if (await enter(page, request)) throw new Error(`${view.name} stands in another view and cannot redirect from mount`)
  const content = await contentOf(deps, page, request)
  const staticToken = deps.tokens.sign({ kind: 'static', id, flash: noFlash })
  return pageElement({ id, session: '', staticToken, parentId, content })
}
