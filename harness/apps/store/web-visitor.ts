import { systemClock } from '../../platform/clock.ts'
import type { Answered } from './answers.ts'
import { type CookieJar, createCookieJar } from './pages/cookie-jar.ts'
import type { CheckoutForm, PageSight } from './pages/page-sight.ts'
import { globalIn, parseForm, parsePage } from './pages/parse-page.ts'

/** What a browser keeps for all tabs of the shop: cookies, and the signed cart of the tab that wrote last. */
export interface BrowserStore {
  readonly jar: CookieJar
  storedCart: string | undefined
  /** Called with everything that it is answered. */
  readonly given: Given
}

export type Given = (request: string, answer: Answered) => void

/** A page as a browser without a screen has it. */
export interface LoadedPage {
  path: string
  status: number
  form: CheckoutForm | undefined
  /** Reads all else that it shows. */
  sight(): PageSight
  /** Values that the page hands to its script. */
  cartId: string | undefined
  cartAfter: string | undefined
}

export const createBrowserStore = (given: Given = () => {}): BrowserStore => ({
  jar: createCookieJar(systemClock.now),
  storedCart: undefined,
  given,
})

const redirectsMax = 3

interface Loading {
  /** The address of the node. */
  url: string
  path: string
  form?: URLSearchParams
  withinMs: number
}

/** Loads a page with the cookies of the browser, and follows redirects as a browser does. Rejects when the node does not answer. */
export async function loadPage(
  { jar, given }: BrowserStore,
  { url, withinMs, ...first }: Loading,
): Promise<LoadedPage & { firstStatus: number }> {
  let { path, form } = first
  let firstStatus: number | undefined
  for (let redirects = 0; redirects <= redirectsMax; redirects += 1) {
    const answer = await request(jar, { url, withinMs, path, ...(form && { form }) }).catch((error: Error) => {
      if (firstStatus === undefined) throw error
      throw new Error(`${first.path} was answered ${firstStatus}, and then ${path} was not: ${error.message}`)
    })
    firstStatus ??= answer.status
    const location = answer.headers.get('location')
    const html = location === null ? await answer.text() : ''
    given(`${form ? 'POST' : 'GET'} ${path}`, answered(answer, html))
    if (location === null) return { ...pageOf(path, answer.status, html), firstStatus }
    path = new URL(location, `${url}${path}`).pathname
    form = undefined
  }
  throw new Error(`${first.path} redirects more than ${redirectsMax} times`)
}

const answered = ({ status, headers }: Response, body: string): Answered => ({
  status,
  cacheControl: headers.get('cache-control') ?? undefined,
  cookies: headers.getSetCookie(),
  body,
})

async function request(jar: CookieJar, { url, path, form, withinMs }: Loading): Promise<Response> {
  const cookie = jar.header(path)
  const answer = await fetch(`${url}${path}`, {
    redirect: 'manual',
    method: form ? 'POST' : 'GET',
    headers: { ...(cookie && { cookie }), ...(form && { 'content-type': 'application/x-www-form-urlencoded' }) },
    signal: AbortSignal.timeout(withinMs),
    ...(form && { body: form.toString() }),
  })
  jar.take(answer, path)
  return answer
}

function pageOf(path: string, status: number, html: string): LoadedPage {
  return {
    path,
    status,
    form: parseForm(html),
    sight: () => parsePage(html),
    cartId: globalIn(html, 'cartId'),
    cartAfter: globalIn(html, 'cartAfter'),
  }
}

/** Returns what a browser sends for a form: its hidden fields, of which the page's script has filled in the cart (CT-54). */
export const filledIn = ({ fields }: CheckoutForm, serialized: string): URLSearchParams =>
  new URLSearchParams({ ...fields, serialized })
