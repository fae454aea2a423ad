import { createHash } from 'node:crypto'
import type { HistoryEvent, NewEvent } from './operation.ts'

/**
 * A mark stands for a long opaque text, such as a token, in histories: two texts are the same when their marks are. So a history can be
 * searched for secrets without holding any.
 */
export type Mark = string

/** What only its owner may be given. */
export interface Secret {
  /** As in "the cookie of alice". */
  kind: string
  mark: Mark
}

const markLength = 16
/** Ids, tokens and keys are longer than words; the shortest is an order key of 36 characters. */
const opaque = /[\w+/.-]{20,}/g

export const markOf = (text: string): Mark => createHash('sha256').update(text).digest('hex').slice(0, markLength)

/** Returns the marks of all opaque texts in an answer, and of those inside the tokens in it, which anybody can read. */
export const marksIn = (text: string): Mark[] => [
  ...new Set([...new Set(opaqueIn(unescaped(text)))].flatMap(withClaims).map(markOf)),
]

/** Names of classes and files hold no digits; a random text without any is too rare to matter. */
const opaqueIn = (text: string) => (text.match(opaque) ?? []).filter((one) => /\d/.test(one))

function withClaims(text: string): string[] {
  const [, claims, signature] = text.split('.')
  if (!claims || !signature) return [text]
  return [text, ...opaqueIn(unescaped(Buffer.from(claims, 'base64url').toString('latin1')))]
}

const characterOf = (_all: string, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))

/** The slash and the plus of base64 are written in other ways in scripts, in HTML and in addresses. */
const unescaped = (text: string) =>
  text
    .replaceAll('\\/', '/')
    .replace(/\\u([0-9a-f]{4})/gi, characterOf)
    .replace(/&#x([0-9a-f]{2,4});/gi, characterOf)
    .replace(/%([2-7][0-9a-f])/gi, characterOf)

/** Says that a text belongs to somebody. */
export const secretOf = (who: string, kind: string, text: string): NewEvent => ({
  who,
  type: 'read',
  operation: 'secret',
  value: { kind, mark: markOf(text) } satisfies Secret,
})

/** Says what somebody was given: `where` completes "... was given it in". */
export const answerTo = (who: string, where: string, text: string): NewEvent => ({
  who,
  type: 'read',
  operation: 'answer',
  value: where,
  marks: marksIn(text),
})

/** The name of the `final` event with the secrets that a node has written into its log. */
export const inLog = 'log'

/** Says which of these secrets a node has written into its log. */
export const loggedBy = (node: string, log: string, secrets: ReadonlySet<Mark>): NewEvent => ({
  ...{ who: node, node, type: 'final', operation: inLog },
  marks: marksIn(log).filter((mark) => secrets.has(mark)),
})

/** The tabs of a person share everything: `alice#2` is alice. */
export const personOf = ({ who }: Pick<HistoryEvent, 'who'>): string => who.split('#', 1)[0]!
