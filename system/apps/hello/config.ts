import { configPart, positiveInteger } from '../../platform/config.ts'
import { userTokenAgeMaxS } from './user-token.ts'

export const helloConfig = configPart({
  variables: {
    USER_TOKEN_AGE_S: positiveInteger.default(userTokenAgeMaxS),
    RECURRING_TOKEN_MS: positiveInteger.default(5_000),
  },
})
