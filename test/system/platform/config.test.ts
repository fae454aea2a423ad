import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../system/platform/config.ts'

const least = { DATABASE_URL: 'postgres://user:pass@127.0.0.1/shop' }

describe('readConfig (CH-86, DP-43)', () => {
  it('fills in what is not said', () => {
    const config = readConfig(least)
    expect(config).toMatchObject({ SQUALL_NODE: 'nonode@nohost', HOST: '127.0.0.1', PORT: 4000, WEB: true })
    expect(config).toMatchObject({ STORE_NO_STORE: true, STORE_STATE_ON_JOIN: true, STORE_PRODUCT_ROUTE: 'product:*' })
    // The same on every node, whatever its processors: else nodes would look for a topic in different shards (PA-6, PA-26).
    expect(config).toMatchObject({ TRACKER_SHARDS: 4, ADMIN_USER: 'admin', STORE_ONE_SIZE_PER_SHOE: false })
  })

  it('reads peers', () => {
    const config = readConfig({
      ...least,
      CLUSTER_PEERS: 'n2=ws://127.0.0.1:5002, n3=ws://h:1',
    })
    expect(config.CLUSTER_PEERS).toEqual({ n2: 'ws://127.0.0.1:5002', n3: 'ws://h:1' })
  })

  it('talks over the mesh, or through Redis where it is told so (DP-6, DP-7)', () => {
    expect(readConfig(least)).toMatchObject({ PUBSUB: 'mesh', CLUSTER_PREFIX: 'squall' })
    const redis = { PUBSUB: 'redis', REDIS_URL: 'rediss://:pass@cache.internal:6380/0' }
    expect(readConfig({ ...least, ...redis })).toMatchObject(redis)
  })

  it.each([
    [{}, 'DATABASE_URL is missing'],
    [{ ...least, PORT: 'http' }, 'PORT is "http"'],
    [{ ...least, WEB: 'maybe' }, 'WEB is "maybe"'],
    [{ ...least, CLUSTER_PEERS: 'n2' }, 'expected name=ws://host:port, got "n2"'],
    [{ ...least, NODE_ENV: 'production' }, 'SECRET_KEY_BASE is missing'],
    [{ ...least, NODE_ENV: 'production', SECRET_KEY_BASE: 's'.repeat(32) }, 'ADMIN_PASSWORD is missing'],
    [{ ...least, PUBSUB: 'rabbit' }, 'PUBSUB is "rabbit"'],
    [{ ...least, PUBSUB: 'redis' }, 'PUBSUB is redis but REDIS_URL is not set'],
    [{ ...least, REDIS_URL: 'http://h:6379' }, 'REDIS_URL is not valid: must be a redis:// address'],
    [{ ...least, CLUSTER_PORT: '5001' }, 'CLUSTER_PORT is set but CLUSTER_SECRET is not'],
  ])('refuses %j in one sentence', (env, sentence) => {
    expect(() => readConfig(env)).toThrow(sentence)
  })

  it('prints no secret', () => {
    const errorOf = (env: Record<string, string>) => {
      try {
        readConfig(env)
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(errorOf({ ...least, SECRET_KEY_BASE: 'hunter2' })).not.toContain('hunter2')
    expect(errorOf({ ...least, REDIS_URL: 'http://user:hunter2@h' })).not.toContain('hunter2')
    expect(errorOf({ DATABASE_URL: 'mysql://user:hunter2@h/db' })).not.toContain('hunter2')
  })
})
