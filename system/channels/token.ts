import { hkdfSync, randomBytes } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../platform/clock.ts'

interface TokenKey {
  /** The node's secret key base, from which each purpose derives its own key. */
  secret: string
  /** The token's purpose: a token signed with one salt is invalid with any other (CH-84). */
  salt: string
}

interface TokenLimits {
  ageMaxS: number
  /** How far in the future a token may have been signed. */
  skewMaxS?: number
}

export type Verified = { kind: 'valid'; data: unknown } | { kind: 'expired' } | { kind: 'invalid' }

const derivedKey = ({ secret, salt }: TokenKey) => new Uint8Array(hkdfSync('sha256', secret, salt, 'signed token', 32))

/** Signs data, which the holder of the token can read (CH-83, CH-85). Two tokens with the same data differ (CH-88). */
export const signToken = ({ data, nowMs, ...key }: TokenKey & { data: unknown; nowMs: number }): Promise<string> =>
  sign(derivedKey(key), data, nowMs)

/** Signs data and verifies it. */
export interface Sealer {
  seal(key: Uint8Array, data: unknown, issuedAtS: number): Promise<string>
  /** Rejects unless the token was sealed with this key. */
  open(key: Uint8Array, token: string): Promise<{ data: unknown; issuedAtS: number }>
}

const jwt: Sealer = {
  seal: (key, data, issuedAtS) =>
    new SignJWT({ data })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt(issuedAtS)
      .setJti(randomBytes(8).toString('hex'))
      .sign(key),
  async open(key, token) {
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], requiredClaims: ['iat'] })
    return { data: payload.data, issuedAtS: payload.iat! }
  },
}

const sign = (key: Uint8Array, data: unknown, nowMs: number, sealer = jwt) =>
  sealer.seal(key, data, Math.floor(nowMs / 1_000))

/**
 * Nodes verify each other's tokens, and their clocks differ a little. A token from the near future is valid, or a shopper would lose a
 * cart that was signed by a node whose clock is ahead (NF-22).
 */
export const skewDefaultMaxS = 300

/** Checks signature, purpose and age; never throws on a bad token (CH-83, CH-87). */
export const verifyToken = ({
  token,
  secret,
  salt,
  ...limits
}: TokenKey & TokenLimits & { token: string; nowMs: number }): Promise<Verified> =>
  verify(derivedKey({ secret, salt }), token, limits)

async function verify(
  key: Uint8Array,
  token: string,
  { ageMaxS, nowMs, skewMaxS = skewDefaultMaxS, sealer = jwt }: TokenLimits & { nowMs: number; sealer?: Sealer },
): Promise<Verified> {
  try {
    const { data, issuedAtS } = await sealer.open(key, token)
    const ageS = Math.floor(nowMs / 1_000) - issuedAtS
    if (ageS > ageMaxS) return { kind: 'expired' }
    return ageS < -skewMaxS ? { kind: 'invalid' } : { kind: 'valid', data }
  } catch {
    return { kind: 'invalid' }
  }
}

/** The tokens of one purpose. Derives their key once (CH-84). */
export function createTokens({
  secret,
  salt,
  clock,
  sealer = jwt,
  ...limits
}: TokenKey & TokenLimits & { clock: Pick<Clock, 'now'>; sealer?: Sealer }) {
  const key = derivedKey({ secret, salt })
  return {
    sign: (data: unknown) => sign(key, data, clock.now(), sealer),
    verify: (token: string) => verify(key, token, { ...limits, sealer, nowMs: clock.now() }),
  }
}
