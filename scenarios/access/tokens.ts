import { createHmac, hkdfSync, randomUUID } from 'node:crypto'

/** The purposes of tokens, each with its salt and its maximum age (CH-83, CH-84, CH-87). */
export const purposes = {
  user: { salt: 'salt identifier', ageMaxS: 86_400 },
  admin: { salt: 'admin socket', ageMaxS: 86_400 },
  cart: { salt: 'shopping cart serialization', ageMaxS: 7 * 86_400 },
  session: { salt: 'web session', ageMaxS: 30 * 86_400 },
  poll: { salt: 'longpoll session', ageMaxS: 14 * 86_400 },
} as const

export type Purpose = keyof typeof purposes

export const purposeNames = Object.keys(purposes) as Purpose[]

/** How far nodes' clocks may be apart (NF-22). */
export const skewMaxS = 300

interface Minting {
  secret: string
  salt: string
  data: unknown
  /** Default: 0; negative for a token from the future. */
  ageS?: number
  header?: object
  claims?: object
  key?: Uint8Array
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const hmac = (key: Uint8Array, text: string) => createHmac('sha256', key).update(text).digest('base64url')

/** Makes a token as a node would, from the secret of the cluster. */
export function mint({ secret, salt, data, ageS = 0, header = { alg: 'HS256' }, claims, key }: Minting): string {
  const iat = Math.floor(Date.now() / 1_000) - ageS
  const text = `${part(header)}.${part(claims ?? { data, iat, jti: randomUUID() })}`
  return `${text}.${hmac(key ?? new Uint8Array(hkdfSync('sha256', secret, salt, 'signed token', 32)), text)}`
}

/** What a token says, which its holder can read (CH-85). */
export const dataOf = (token: string): unknown =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { data: unknown }).data

const changedAt = (text: string, at: number) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)

/** Tokens that look like a good one, and are none. `other` is a good one that says something else. */
export function lookalikes(token: string, other: string): Record<string, string> {
  const [head = '', body = '', signature = ''] = token.split('.')
  const [, otherBody = ''] = other.split('.')
  return {
    'a token without its last letter': token.slice(0, -1),
    'a token with a letter more': `${token}A`,
    'a token with a part more': `${token}.A`,
    'a token without its signature': `${head}.${body}.`,
    'a token of two parts': `${head}.${body}`,
    'a token with one letter of its signature changed': changedAt(token, token.length - 10),
    'a token with one letter of its content changed': `${head}.${changedAt(body, body.length - 6)}.${signature}`,
    'the content of one token with the signature of another': `${head}.${otherBody}.${signature}`,
    'a token in capitals': token.toUpperCase(),
    'an unsigned token': `${part({ alg: 'none' })}.${body}.`,
    nonsense: 'nonsense',
  }
}
