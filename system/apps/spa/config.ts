import { configPart, positiveInteger } from '../../platform/config.ts'

export const spaConfig = configPart({
  variables: {
    SPA_PING_MS: positiveInteger.default(3_000),
  },
})
