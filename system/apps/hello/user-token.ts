import { signToken, verifyToken } from '../../channels/index.ts'
import type { Clock } from '../../platform/clock.ts'

const salt = 'salt identifier'
export const userTokenAgeMaxS = 86_400

/** Tokens that say who somebody is: for one purpose, and for a day (CH-84, CH-124). */
export const createUserTokens = ({ secret, clock }: { secret: string; clock: Clock }) => ({
  sign: (userId: unknown) => signToken({ secret, salt, data: userId, nowMs: clock.now() }),
  verify: (token: string) => verifyToken({ secret, salt, token, ageMaxS: userTokenAgeMaxS, nowMs: clock.now() }),
})

export type UserTokens = ReturnType<typeof createUserTokens>
