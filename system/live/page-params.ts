import { noFlash } from './flash.ts'
import { andThen, type MaybePromise } from './maybe-promise.ts'
import type { Navigation } from './navigation.ts'
import type { Page } from './page.ts'
import type { Place, Router } from './router.ts'

type Patch = Extract<Navigation, { kind: 'patch' }>

/** A handleParams that patches whenever it runs would never end. */
const patchesMax = 20

/** Mounts a page and lets it look at its address. Throws when it would have to and has none. */
export function mountPage(page: Page, session: Readonly<Record<string, unknown>>): MaybePromise<void> {
  const { view, socket, place } = page
  if (!place && view.handleParams) throw new Error(`${view.name} has handleParams, so it can only be used with a route`)
  const mounted = view.mount?.(place?.params ?? {}, session, socket)
  return andThen(mounted, () => {
    if (page.navigation?.kind === 'patch') throw new Error(`${view.name} cannot patch its address before it is mounted`)
    return page.navigation || !place ? undefined : visitPlace(page, place)
  })
}

function visitPlace(page: Page, place: Place): MaybePromise<void> {
  page.place = place
  return page.view.handleParams?.(place.params, place.url, page.socket)
}

/** The same view at another address. Its own patches go on from the origin of the join, whatever the client said here. */
export function patchTo(page: Page, place: Place): MaybePromise<void> {
  const { view } = page
  if (!view.handleParams) throw new Error(`${view.name} has no handleParams, so its address cannot be patched`)
  return visitPlace(page, { ...place, origin: page.place?.origin ?? place.origin })
}

/** Follows the patches that handlers asked for, each told once the page has followed it. Throws on a patch to another view. */
export function applyPatches(
  page: Page,
  router: Router,
  tell: (patch: Patch) => void,
  left = patchesMax,
): MaybePromise<void> {
  const { navigation: patch } = page
  if (patch?.kind !== 'patch') return undefined
  if (left === 0) throw new Error(`${page.view.name} patched its address ${patchesMax} times in a row`)
  page.navigation = undefined
  page.setFlash(page.freshFlash)
  page.freshFlash = noFlash
  return andThen(patchTo(page, patchedPlace(page, router, patch)), () => {
    tell(patch)
    return applyPatches(page, router, tell, left - 1)
  })
}

function patchedPlace({ view, place }: Page, router: Router, { to }: Patch): Place {
  const next = place && router.find(place.origin + to)
  if (next?.view === view) return next
  throw new Error(`${view.name} cannot patch its address to ${to}, which does not lead to it; navigate instead`)
}
