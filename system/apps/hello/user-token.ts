import { createTokens } from '../../channels/index.ts'
import type { Clock } from '../../platform/clock.ts'

const salt = 'salt identifier'
export const userTokenAgeMaxS = 86_400

interface UserTokensOptions {
  secret: string
  clock: Clock
  ageMaxS?: number
}

/** Tokens that identify a user: for one purpose, and by default for a day (CH-84, CH-124). */
export function createUserTokens({ secret, clock, ageMaxS = userTokenAgeMaxS }: UserTokensOptions) {
  const { sign, verify } = createTokens({ secret, salt, clock, ageMaxS })
  return { sign: (userId: unknown) => sign(userId), verify }
}

export type UserTokens = ReturnType<typeof createUserTokens>
