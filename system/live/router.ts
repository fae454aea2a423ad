import { decodeForm } from './form.ts'
import type { LiveView } from './live-view.ts'
import type { Params } from './params.ts'

/** A path that leads to a live view; `:name` in it is a parameter. */
export interface Route {
  readonly path: string
  readonly view: LiveView
}

/** Views between which a client may navigate over its open connection. */
export interface LiveSession {
  readonly name: string
  readonly routes: readonly Route[]
}

export const route = (path: string, view: LiveView): Route => ({ path, view })

export const liveSession = (name: string, routes: readonly Route[]): LiveSession => ({ name, routes })

export interface Place {
  readonly view: LiveView
  readonly liveSession: string
  readonly url: string
  /** Empty for an address that is only a path. */
  readonly origin: string
  /** Those of the path win over those of the query. */
  readonly params: Params
}

/** Where addresses lead. The host of an address does not matter. `otherPages`: patterns of paths that lead to pages without a live view. */
export function createRouter(sessions: readonly LiveSession[], otherPages: readonly string[] = []) {
  const table = sessions.flatMap(({ name, routes }) =>
    routes.map(({ path, view }) => ({ liveSession: name, view, pattern: segmentsOf(path) })),
  )
  const otherPatterns = otherPages.map(segmentsOf)
  return {
    views: () => table.map(({ view }) => view),
    /** Undefined for an address without a live view, or that is none. */
    find(address: unknown): Place | undefined {
      const parsed = parseAddress(address)
      if (!parsed) return undefined
      for (const { pattern, view, liveSession } of table) {
        const params = match(pattern, parsed.segments)
        if (!params) continue
        const { url, origin, query } = parsed
        return { view, liveSession, url, origin, params: { ...query, ...params } }
      }
      return undefined
    },
    isOtherPage(address: unknown): boolean {
      const parsed = parseAddress(address)
      return parsed !== undefined && otherPatterns.some((pattern) => match(pattern, parsed.segments) !== undefined)
    },
  }
}

export type Router = ReturnType<typeof createRouter>

/** Completes an address that is only a path. */
const somewhere = 'http://somewhere.invalid'

function parseAddress(address: unknown) {
  const url = typeof address === 'string' ? URL.parse(address, somewhere) : null
  const segments = url && decodedSegments(url.pathname)
  const query = url && decodedQuery(url.search)
  if (typeof address !== 'string' || !url || !segments || !query) return undefined
  return { url: address, origin: URL.canParse(address) ? url.origin : '', segments, query }
}

const segmentsOf = (path: string) => path.split('/').filter((segment) => segment !== '')

function decodedSegments(path: string): string[] | undefined {
  try {
    return segmentsOf(path).map(decodeURIComponent)
  } catch {
    return undefined
  }
}

function decodedQuery(search: string): Params | undefined {
  try {
    return decodeForm(search.slice(1))
  } catch {
    return undefined
  }
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of pattern.entries()) {
    if (part.startsWith(':')) params[part.slice(1)] = segments[index]!
    else if (part !== segments[index]) return undefined
  }
  return params
}
