import { z } from 'zod'
import { type ConfigOf, configPart, numberOrOff, onOff, positiveInteger } from '../../platform/config.ts'

export const storeConfig = configPart({
  variables: {
    STORE_NO_STORE: onOff('on'),
    STORE_STATE_ON_JOIN: onOff('on'),
    STORE_PRODUCT_ROUTE: z.string().min(1).default('product:*'),
    STORE_LOW_BELOW: positiveInteger.default(150),
    STORE_MEDIUM_BELOW: positiveInteger.default(500),
    STORE_ONE_SIZE_PER_SHOE: onOff('off'),
    STORE_CART_ITEMS_MAX: numberOrOff.default(null),
    ADMIN_USER: z.string().min(1).default('admin'),
    ADMIN_PASSWORD: z.string().min(1).optional(),
    ADMIN_ATTEMPTS: positiveInteger.default(10),
    STORE_LIVE_SALT: z.string().min(32).optional(),
  },
  problem({ DATABASE_URL, NODE_ENV, WEB, ADMIN_PASSWORD, STORE_LIVE_SALT }) {
    if (!DATABASE_URL) return 'DATABASE_URL is missing'
    if (NODE_ENV !== 'production' || !WEB) return undefined
    if (!ADMIN_PASSWORD) return 'ADMIN_PASSWORD is missing: production needs a password of its own for /admin'
    return STORE_LIVE_SALT
      ? undefined
      : 'STORE_LIVE_SALT is missing: production needs a salt of its own for live pages, at least 32 characters'
  },
})

export type StoreVariables = typeof storeConfig.variables
export type StoreConfig = ConfigOf<StoreVariables>
