import { answerTo, secretOf } from '../../history/marks.ts'
import type { Recorder } from '../../history/recorder.ts'

/** What a request of somebody was answered. */
export interface PageAnswer {
  who: string
  /** Completes "the answer to": `GET /checkout of n1`. */
  request: string
  /** Values of `set-cookie`. */
  cookies: readonly string[]
  body: string
}

/** What pages and forms hold that only whoever asked may be given. */
const secrets: readonly [kind: string, pattern: RegExp][] = [
  ['the cart id', /window\.cartId = ("[^"]+")/],
  ['the form token', /window\.csrfToken = ("[^"]+")/],
  ['the token of the dashboard', /window\.adminToken = ("[^"]+")/],
  ['the order key', /name="key" value=("[^"]+")/],
]

/** Records a page by its marks: whose secrets it holds, and that it was given to somebody. */
export function recordPage({ record }: Recorder, { who, request, cookies, body }: PageAnswer) {
  record(answerTo(who, `the answer to ${request}`, `${cookies.join('\n')}\n${body}`))
  for (const cookie of cookies) {
    const value = /^[^=]+=([^;]{20,})/.exec(cookie)?.[1]
    if (value) record(secretOf(who, 'the cookie', value))
  }
  for (const [kind, pattern] of secrets) {
    const text = pattern.exec(body)?.[1]
    if (text) record(secretOf(who, kind, JSON.parse(text) as string))
  }
}
