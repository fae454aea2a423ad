import { parseSetCookie, type SetCookie } from 'cookie'
import type { History } from '../../../history/history.ts'
import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'
import type { GivenPage } from '../answers.ts'
import { listingPaths } from '../pages/page-difference.ts'
import type { ServedPage } from '../pages/served-page.ts'

/** How one page must be served. */
interface Rule {
  status: number
  type: RegExp
  /** Directives that `cache-control` must have. */
  cache?: readonly string[]
  /** Whether the visitor is given a session. */
  startsSession?: true
  headers?: Readonly<Record<string, string>>
}

const html = /^text\/html; charset=utf-8$/i
const notStored = ['no-store'] as const
const file = (type: RegExp): Rule => ({ status: 200, type, cache: ['public', 'max-age=0'] })

/** By visitor and path. Pages with a session, or with something that is only true now, are stored nowhere. */
const rules: Readonly<Record<string, Rule>> = {
  'new /': { status: 200, type: html, cache: notStored, startsSession: true },
  'known /': { status: 200, type: html, cache: notStored },
  'known /drops': { status: 200, type: html, cache: notStored },
  'known /drops/by-component': { status: 200, type: html, cache: notStored },
  'new /checkout': { status: 200, type: html, cache: notStored, startsSession: true },
  'known /checkout': { status: 200, type: html, cache: notStored },
  'known /checkout/complete': { status: 404, type: html, cache: notStored },
  'new /admin': {
    status: 401,
    type: html,
    headers: { 'www-authenticate': 'Basic realm="Sneakers23 admin", charset="UTF-8"' },
  },
  'admin /admin': { status: 200, type: html, cache: notStored },
  'new /no-such-page': { status: 404, type: html },
  'new /assets/app.js': file(/^(application|text)\/javascript/),
  'new /js/admin.js': file(/^(application|text)\/javascript/),
  'new /assets/app.css': file(/^text\/css/),
  'new /css/admin.css': file(/^text\/css/),
}

const sessionDays = 30
const cartIdLength = 64

/** How the cookie of a session must be set (CT-16): scripts cannot read it, other sites cannot send it, and it outlives the browser. */
const sessionCookie: Partial<SetCookie> = {
  name: '_sneakers23',
  path: '/',
  httpOnly: true,
  sameSite: 'lax',
  maxAge: sessionDays * 86_400,
}

/** Status, headers and session of every page: what caches and browsers do with a page is decided there (ST-46, CT-16, PA-31). */
export const pagesServedProperly: Checker = {
  name: 'pages-served-properly',
  invariant:
    'every page has the status, the caching, the content type and the cookie that it must have, a session is good on every node, what is for one person is stored nowhere, and a failure says nothing of what is inside',
  needs: (history) => history.finals('served-page').length > 0,
  check(history) {
    const pages = history.finals<ServedPage>('served-page')
    if (pages.length === 0) return unknown('no page was asked for in the end')
    for (const { node, value } of pages) {
      const fault = faultOf(value)
      if (fault)
        return violated(`badly served: ${node}'s ${value.path} for a ${value.visitor} visitor ${fault}`, {
          node,
          page: value,
        })
    }
    const shared = sharedSession(pages.map(({ value }) => value))
    if (shared) return violated(`badly served: ${shared}`)
    const given = givenFault(history)
    if (given) return violated(`badly served: ${given}`)
    return passed(`${count(pages.length, 'answer')} as they must be`)
  },
}

function faultOf(page: ServedPage): string | undefined {
  if (page.visitor === 'again')
    return page.status === 304 ? undefined : `has status ${page.status} instead of 304, though it has not changed`
  const rule = rules[`${page.visitor} ${page.path}`]
  return rule && (statusFault(page, rule) ?? cacheFault(page, rule) ?? cookieFault(page, rule) ?? cartIdFault(page))
}

function statusFault({ status, headers }: ServedPage, rule: Rule): string | undefined {
  if (status !== rule.status) return `has status ${status} instead of ${rule.status}`
  const type = headers['content-type'] ?? 'none'
  if (!rule.type.test(type)) return `has the content type ${type}`
  const wrong = Object.entries(rule.headers ?? {}).find(([name, value]) => headers[name] !== value)
  return wrong && `has ${wrong[0]}: ${headers[wrong[0]] ?? 'nothing'} instead of ${wrong[1]}`
}

function cacheFault({ path, headers, mayBeStored }: ServedPage, { cache = [] }: Rule): string | undefined {
  if (mayBeStored && listingPaths.has(path)) return undefined
  const held = (headers['cache-control'] ?? '').split(/, */)
  const missing = cache.find((one) => !held.includes(one))
  return missing && `may be kept by caches: its cache-control is "${held}", without ${missing}`
}

function cookieFault({ setCookies }: ServedPage, { startsSession }: Rule): string | undefined {
  if (!startsSession) return setCookies.length > 0 ? `sets a cookie: ${setCookies[0]}` : undefined
  const [line, more] = setCookies
  if (line === undefined || more !== undefined) return `sets ${setCookies.length} cookies instead of one`
  const cookie = parseSetCookie(line)
  const given = Object.keys(cookie).filter((name) => name !== 'value')
  const wrong = [...new Set([...given, ...Object.keys(sessionCookie)])].find(
    (name) => cookie[name as keyof SetCookie] !== sessionCookie[name as keyof SetCookie],
  )
  return (
    wrong && `sets the cookie "${line}", whose ${wrong} must be ${sessionCookie[wrong as keyof SetCookie] ?? 'absent'}`
  )
}

const cartIdFault = ({ cartIdLength: length }: ServedPage) =>
  length === undefined || length === cartIdLength ? undefined : `has the id of a cart of ${length} characters`

/** New visitors have sessions of their own, and each known one is one of theirs. */
function sharedSession(pages: readonly ServedPage[]): string | undefined {
  const begun = pages.filter(({ visitor, session }) => visitor === 'new' && session !== undefined)
  const sessions = new Set(begun.map(({ session }) => session))
  if (sessions.size < begun.length) return 'two new visitors were given the same cart'
  const stray = pages.find(
    ({ visitor, session }) => visitor === 'known' && session !== undefined && !sessions.has(session),
  )
  return stray && `${stray.path} gives a known visitor another cart than before`
}

/** Pages that no setting allows caches to keep. */
const neverStored = /^\w+ \/(checkout|admin)\b/

/** Pages that somebody was given during the scenario: each answer with secrets, on whatever path and with whatever status. */
function givenFault(history: History): string | undefined {
  const mayBeStored = history.finals<ServedPage>('served-page').some(({ value }) => value.mayBeStored)
  for (const { who, value } of history.of('read', 'given-page')) {
    const { request, status, cacheControl = 'nothing', holds, reveals } = value as GivenPage
    const [secret] = holds
    const isAllowed = mayBeStored && !neverStored.test(request)
    if (secret && !isAllowed && !/\bno-store\b/.test(cacheControl))
      return `the answer to ${request} gave ${who} ${secret}, and caches may keep it: its cache-control is ${cacheControl}`
    if (reveals) return `the answer to ${request} (status ${status}) tells ${who} what is inside: "${reveals}"`
  }
  return undefined
}
