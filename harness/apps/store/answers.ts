import { answerTo, secretOf } from '../../history/marks.ts'
import type { Recorder } from '../../history/recorder.ts'

/** What a request was answered, as a browser is given it. */
export interface Answered {
  status: number
  /** The value of `cache-control`; undefined without one. */
  cacheControl: string | undefined
  /** Values of `set-cookie`. */
  cookies: readonly string[]
  body: string
}

/** What a request of somebody was answered. */
export interface PageAnswer extends Answered {
  who: string
  /** Completes "the answer to": `GET /checkout of n1`. */
  request: string
}

/** How a page with secrets, or a failure, was served: one event of each such answer. */
export interface GivenPage extends Pick<Answered, 'status' | 'cacheControl'> {
  request: string
  /** What it holds that is for nobody else. */
  holds: readonly string[]
  /** Words of a failure that are for developers, such as the address of a database. */
  reveals?: string
}

/** What pages and forms hold that only whoever asked may be given. */
const secrets: readonly [kind: string, pattern: RegExp][] = [
  ['the cart id', /window\.cartId = ("[^"]+")/],
  ['the form token', /window\.csrfToken = ("[^"]+")/],
  ['the token of the dashboard', /window\.adminToken = ("[^"]+")/],
  ['the order key', /name="key" value=("[^"]+")/],
]

/** Records a page by its marks: whose secrets it holds, and that it was given to somebody. */
export function recordPage({ record }: Pick<Recorder, 'record'>, answer: PageAnswer) {
  const { who, request, cookies, body } = answer
  record(answerTo(who, `the answer to ${request}`, `${cookies.join('\n')}\n${body}`))
  const given = givenPage(answer)
  if (given.holds.length > 0 || given.status >= 500)
    record({ who, type: 'read', operation: 'given-page', value: given })
  for (const cookie of cookies) {
    const value = /^[^=]+=([^;]{20,})/.exec(cookie)?.[1]
    if (value) record(secretOf(who, 'the cookie', value))
  }
  for (const [kind, pattern] of secrets) {
    const text = pattern.exec(body)?.[1]
    if (text) record(secretOf(who, kind, JSON.parse(text) as string))
  }
}

/** What only somebody who looks into a node would say: errors of the system and of its parts, and where they come from. */
const internals = [
  /[^<>]*\b(?:E[A-Z]{3,}|[\w/]+\.[jt]s:\d+|\d+\.\d+\.\d+\.\d+:\d+)\b[^<>]*/,
  /[^<>]*\b(?:query|connection|database|terminated|timeout|relation|undefined)\b[^<>]*/i,
]

function givenPage({ status, cacheControl, request, body }: PageAnswer): GivenPage {
  const holds = secrets.flatMap(([kind, pattern]) => (pattern.test(body) ? [kind] : []))
  const reveals = status >= 500 ? internals.map((one) => one.exec(mainOf(body))?.[0].trim()).find(Boolean) : undefined
  return { request, status, cacheControl, holds, ...(reveals && { reveals }) }
}

/** What a page says, without what is around it. */
const mainOf = (body: string) => /<main[\s\S]*?<\/main>/.exec(body)?.[0].replaceAll(/<[^>]*>/g, '<>') ?? body
