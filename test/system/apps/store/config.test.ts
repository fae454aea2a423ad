import { describe, expect, it } from 'vitest'
import { storeConfig } from '../../../../system/apps/store/config.ts'
import { readConfig } from '../../../../system/platform/config.ts'

const least = { DATABASE_URL: 'postgres://user:pass@127.0.0.1/shop' }
const read = (env: Record<string, string>) => readConfig(env, [storeConfig])
const secret = { SECRET_KEY_BASE: 's'.repeat(32) }

describe('the configuration of the store', () => {
  it('fills in what is not said', () => {
    expect(read(least)).toMatchObject({
      STORE_NO_STORE: true,
      STORE_STATE_ON_JOIN: true,
      STORE_PRODUCT_ROUTE: 'product:*',
      STORE_ONE_SIZE_PER_SHOE: false,
      ADMIN_USER: 'admin',
    })
  })

  it.each([
    [{}, 'DATABASE_URL is missing'],
    [{ DATABASE_URL: 'mysql://h/db' }, 'DATABASE_URL is not valid: must be a postgres:// address'],
    [{ ...least, STORE_LOW_BELOW: 'few' }, 'STORE_LOW_BELOW is "few"'],
    [{ ...least, ...secret, NODE_ENV: 'production' }, 'ADMIN_PASSWORD is missing'],
    [{ ...least, ...secret, NODE_ENV: 'production', ADMIN_PASSWORD: 'p' }, 'STORE_LIVE_SALT is missing'],
    [{ ...least, STORE_LIVE_SALT: 'too short' }, 'STORE_LIVE_SALT is "too short"'],
  ])('refuses %j in one sentence', (env, sentence) => {
    expect(() => read(env)).toThrow(sentence)
  })

  it('needs no password where there is no dashboard', () => {
    expect(read({ ...least, ...secret, NODE_ENV: 'production', WEB: 'off' }).ADMIN_PASSWORD).toBeUndefined()
  })
})
