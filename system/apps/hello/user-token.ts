import { signToken, verifyToken } from '../../channels/index.ts'
import type { Clock } from '../../platform/clock.ts'

const ownSalt = 'salt identifier'
export const userTokenAgeMaxS = 86_400

interface UserTokensOptions {
  secret: string
  clock: Clock
  ageMaxS?: number
  salt?: string
  /** Only for the defect that puts it there (DF-28). */
  personalData?: object
}

/** Tokens that say who somebody is: for one purpose, and for a day (CH-84, CH-124). */
export const createUserTokens = ({
  secret,
  clock,
  ageMaxS = userTokenAgeMaxS,
  salt = ownSalt,
  personalData,
}: UserTokensOptions) => ({
  sign: (userId: unknown) =>
    signToken({ secret, salt, data: personalData ? { userId, ...personalData } : userId, nowMs: clock.now() }),
  verify: (token: string) => verifyToken({ secret, salt, token, ageMaxS, nowMs: clock.now() }),
})

export type UserTokens = ReturnType<typeof createUserTokens>
