import { createTokens } from '../../channels/index.ts'
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
export function createUserTokens(options: UserTokensOptions) {
  const { personalData, ageMaxS = userTokenAgeMaxS, salt = ownSalt, ...rest } = options
  const { sign, verify } = createTokens({ ...rest, ageMaxS, salt })
  return { sign: (userId: unknown) => sign(personalData ? { userId, ...personalData } : userId), verify }
}

export type UserTokens = ReturnType<typeof createUserTokens>
