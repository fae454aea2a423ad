import type { Cluster } from '../../../cluster/cluster.ts'
import type { NewEvent } from '../../../history/operation.ts'
import { systemClock } from '../../../platform/clock.ts'
import { adminCredentials } from '../admin.ts'
import { type CookieJar, createCookieJar } from './cookie-jar.ts'
import { listingPaths } from './page-difference.ts'
import { withoutFieldValues } from './page-sight.ts'
import { globalIn, parsePage } from './parse-page.ts'
import { type ServedPage, sessionOf, type Visitor } from './served-page.ts'

const answeredWithinMs = 5_000
const headersRead = ['content-type', 'cache-control', 'vary', 'location', 'www-authenticate', 'last-modified'] as const
const assets = ['/assets/app.js', '/assets/app.css', '/js/admin.js', '/css/admin.css'] as const

interface Visit {
  node: string
  url: string
  path: string
  visitor: Visitor
  jar?: CookieJar
  headers?: Record<string, string>
}

/** Returns every page of every node as events: for a new visitor, for the same one on the next node, and for an administrator. */
export async function readPages({ nodes, env }: Pick<Cluster, 'nodes' | 'env'>): Promise<NewEvent[]> {
  // A system that runs already has a password of its own, and whatever is before it may change headers.
  if (!env) return []
  const open = nodes.filter(({ hasWeb }) => hasWeb).map(({ name, directUrl }) => ({ node: name, url: directUrl }))
  const mayBeStored = env.STORE_NO_STORE === 'off'
  const pages = await Promise.all(open.map((place, index) => readNode(place, open[(index + 1) % open.length]!)))
  return pages.flat().map(({ node, page }) => ({
    who: 'visitor',
    type: 'final',
    operation: 'served-page',
    node,
    value: mayBeStored ? { ...page, mayBeStored } : page,
  }))
}

type Place = Pick<Visit, 'node' | 'url'>
interface Read {
  node: string
  page: ServedPage
}

async function readNode(here: Place, next: Place): Promise<Read[]> {
  const jar = createCookieJar(systemClock.now)
  const first = await look({ ...here, path: '/', visitor: 'new', jar })
  const credentials = Buffer.from(`${adminCredentials.username}:${adminCredentials.password}`).toString('base64')
  const others: Omit<Visit, 'node' | 'url'>[] = [
    ...[...listingPaths].map((path) => ({ path, visitor: 'known' as const, jar })),
    { path: '/checkout', visitor: 'known', jar },
    { path: '/checkout/complete', visitor: 'known', jar },
    { path: '/checkout', visitor: 'new' },
    { path: '/admin', visitor: 'new' },
    { path: '/admin', visitor: 'admin', headers: { authorization: `Basic ${credentials}` } },
    { path: '/no-such-page', visitor: 'new' },
  ]
  const rest = await Promise.all([
    ...others.map((visit) => look({ ...here, ...visit })),
    look({ ...next, path: '/', visitor: 'known', jar }),
    ...assets.map((path) => lookTwice({ ...here, path, visitor: 'new' })),
  ])
  return [first, ...rest.flat()]
}

async function look({ node, url, path, visitor, jar, headers = {} }: Visit): Promise<Read> {
  const cookie = jar?.header(path)
  const answer = await fetch(`${url}${path}`, {
    redirect: 'manual',
    headers: { ...headers, ...(cookie && { cookie }) },
    signal: AbortSignal.timeout(answeredWithinMs),
  })
  jar?.take(answer, path)
  return { node, page: { path, visitor, ...(await readAnswer(answer)) } }
}

async function readAnswer(answer: Response): Promise<Omit<ServedPage, 'path' | 'visitor'>> {
  const html = await answer.text()
  const isPage = answer.headers.get('content-type')?.startsWith('text/html') === true
  const cartId = isPage ? globalIn(html, 'cartId') : undefined
  return {
    status: answer.status,
    headers: Object.fromEntries(
      headersRead.flatMap((name) => (answer.headers.get(name) ? [[name, answer.headers.get(name)!]] : [])),
    ),
    setCookies: answer.headers.getSetCookie().map((line) => line.replace(/=[^;]*/, '=[value]')),
    ...(cartId !== undefined && { session: sessionOf(cartId), cartIdLength: cartId.length }),
    ...(isPage && { sight: withoutFieldValues(parsePage(html)) }),
  }
}

/** A file of the page, and the same file for a browser that has it already. */
async function lookTwice(visit: Visit): Promise<Read[]> {
  const { url, path } = visit
  const answer = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(answeredWithinMs) })
  const tag = answer.headers.get('etag')
  const first: Read = { node: visit.node, page: { path, visitor: 'new', ...(await readAnswer(answer)) } }
  if (tag === null) return [first]
  return [
    first,
    await look({ ...visit, visitor: 'again', headers: { 'if-none-match': tag, 'cache-control': 'max-age=0' } }),
  ]
}
