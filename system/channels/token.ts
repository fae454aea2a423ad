import { hkdfSync, randomBytes } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'

interface TokenKey {
  /** The node's secret key base; every purpose derives a key of its own from it. */
  secret: string
  /** The token's purpose: a token of one salt opens nothing of another (CH-84). */
  salt: string
}

export type Verified = { kind: 'valid'; data: unknown } | { kind: 'expired' } | { kind: 'invalid' }

const derivedKey = ({ secret, salt }: TokenKey) => new Uint8Array(hkdfSync('sha256', secret, salt, 'signed token', 32))

/** Signs data that its holder may read (CH-83, CH-85). Two signings of the same data differ (CH-88). */
export const signToken = ({ data, nowMs, ...key }: TokenKey & { data: unknown; nowMs: number }): Promise<string> =>
  new SignJWT({ data })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt(Math.floor(nowMs / 1_000))
    .setJti(randomBytes(8).toString('hex'))
    .sign(derivedKey(key))

/** Checks signature, purpose and age; never throws for what a client sent (CH-83, CH-87). */
export async function verifyToken({
  token,
  ageMaxS,
  nowMs,
  ...key
}: TokenKey & { token: string; ageMaxS: number; nowMs: number }): Promise<Verified> {
  try {
    const options = { algorithms: ['HS256'], maxTokenAge: ageMaxS, currentDate: new Date(nowMs) }
    const { payload } = await jwtVerify(token, derivedKey(key), options)
    return { kind: 'valid', data: payload.data }
  } catch (error) {
    return { kind: error instanceof errors.JWTExpired ? 'expired' : 'invalid' }
  }
}
