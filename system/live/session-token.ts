import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import type { Clock } from '../platform/clock.ts'
import { sameSecret } from '../platform/same-secret.ts'

export interface TokenSettings {
  /** The node's secret key base. */
  secret: string
  /** Tokens of one salt open nothing of another; at least 32 characters (LV-10). */
  salt: string
  clock: Pick<Clock, 'now'>
}

/** What a token is for: one of one kind is never taken for another. */
export type TokenContent =
  | {
      kind: 'session'
      id: string
      view: string
      /** Undefined where the view was rendered without a route. */
      liveSession?: string
      session: Readonly<Record<string, unknown>>
      /** The page, by instance, that a nested view stands in. */
      parent?: string
    }
  | { kind: 'static'; id: string; flash: Readonly<Record<string, string>> }
  | { kind: 'flash'; flash: Readonly<Record<string, string>> }

type OfKind<K extends TokenContent['kind']> = Extract<TokenContent, { kind: K }>

const twoWeeksS = 14 * 86_400
/** As Phoenix has them: a flash is for the navigation that it was put with. */
const ageMaxS: Readonly<Record<TokenContent['kind'], number>> = { session: twoWeeksS, static: twoWeeksS, flash: 60 }
/** Nodes check what other nodes signed, and no two clocks are the same. */
const skewMaxS = 300
const saltLengthMin = 32

export type SessionTokens = ReturnType<typeof createSessionTokens>

/**
 * The signed tokens of live pages; their holder can read them. Signed without waiting, unlike those of channels: they are made while a
 * template is rendered. Throws a TypeError on a short salt.
 */
export function createSessionTokens({ secret, salt, clock }: TokenSettings) {
  if (salt.length < saltLengthMin)
    throw new TypeError(
      `the signing salt of live pages has ${salt.length} characters; it needs at least ${saltLengthMin}`,
    )
  const key = new Uint8Array(hkdfSync('sha256', secret, salt, 'live page', 32))
  const signatureOf = (body: string) => createHmac('sha256', key).update(body).digest('base64url')

  function open(token: unknown): { content: TokenContent; signedAtS: number } | undefined {
    if (typeof token !== 'string') return undefined
    const [body, signature] = token.split('.', 2)
    if (!body || !signature || !sameSecret(signature, signatureOf(body))) return undefined
    return JSON.parse(Buffer.from(body, 'base64url').toString())
  }

  const isFresh = (signedAtS: number, kind: TokenContent['kind']) => {
    const ageS = Math.floor(clock.now() / 1_000) - signedAtS
    return ageS <= ageMaxS[kind] && ageS >= -skewMaxS
  }

  return {
    sign(content: TokenContent): string {
      const signedAtS = Math.floor(clock.now() / 1_000)
      const body = Buffer.from(JSON.stringify({ content, signedAtS, nonce: randomBytes(6).toString('base64url') }))
      const text = body.toString('base64url')
      return `${text}.${signatureOf(text)}`
    },
    /** The content of a good token of this kind; undefined for one that is missing, altered, expired or for something else. */
    verify<K extends TokenContent['kind']>(kind: K, token: unknown): OfKind<K> | undefined {
      const opened = open(token)
      if (!opened || opened.content.kind !== kind || !isFresh(opened.signedAtS, kind)) return undefined
      return opened.content as OfKind<K>
    },
    /** The content of a token that was signed here, however old; for tests that make old ones. */
    read: (token: unknown): TokenContent | undefined => open(token)?.content,
  }
}
