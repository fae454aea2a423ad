import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { configPart, positiveInteger, readConfig } from '../../../system/platform/config.ts'

describe('readConfig (CH-86, DP-43)', () => {
  it('fills in what is not said', () => {
    const config = readConfig({})
    expect(config).toMatchObject({ SQUALL_NODE: 'nonode@nohost', HOST: '127.0.0.1', PORT: 4000, WEB: true })
    // The same on every node, whatever its processors: else nodes would look for a topic in different shards (PA-6, PA-26).
    expect(config).toMatchObject({ TRACKER_SHARDS: 4 })
  })

  it('reads peers', () => {
    const config = readConfig({ CLUSTER_PEERS: 'n2=ws://127.0.0.1:5002, n3=ws://h:1' })
    expect(config.CLUSTER_PEERS).toEqual({ n2: 'ws://127.0.0.1:5002', n3: 'ws://h:1' })
  })

  it('talks over the mesh, or through Redis where it is told so (DP-6, DP-7)', () => {
    expect(readConfig({})).toMatchObject({ PUBSUB: 'mesh', CLUSTER_PREFIX: 'squall' })
    const redis = { PUBSUB: 'redis', REDIS_URL: 'rediss://:pass@cache.internal:6380/0' }
    expect(readConfig(redis)).toMatchObject(redis)
  })

  it('takes a cluster however its nodes are found, as long as they prove that they belong together (DP-13)', () => {
    const cluster = { CLUSTER_PORT: '5001', CLUSTER_SECRET: 'x'.repeat(32) }
    const found = [{}, { CLUSTER_DNS: 'squall.local' }, { CLUSTER_DISCOVERY: './find.ts' }]
    for (const how of found) expect(readConfig({ ...cluster, ...how })).toMatchObject({ CLUSTER_PORT: 5001 })
  })

  it.each([
    [{ PORT: 'http' }, 'PORT is "http"'],
    [{ WEB: 'maybe' }, 'WEB is "maybe"'],
    [{ CLUSTER_PEERS: 'n2' }, 'expected name=ws://host:port, got "n2"'],
    [{ NODE_ENV: 'production' }, 'SECRET_KEY_BASE is missing'],
    [{ PUBSUB: 'rabbit' }, 'PUBSUB is "rabbit"'],
    [{ PUBSUB: 'redis' }, 'PUBSUB is redis but REDIS_URL is not set'],
    [{ REDIS_URL: 'http://h:6379' }, 'REDIS_URL is not valid: must be a redis:// address'],
    [{ CLUSTER_PORT: '5001' }, 'CLUSTER_PORT is set but CLUSTER_SECRET is not'],
  ])('refuses %j in one sentence', (env, sentence) => {
    expect(() => readConfig(env)).toThrow(sentence)
  })

  it('sends metrics to the port of a collector in development, and to nobody unless told (PM-5)', () => {
    const { STATSD_HOST, STATSD_PORT } = readConfig({})
    expect([STATSD_HOST, STATSD_PORT]).toEqual([undefined, 8_126])
  })

  it('prints no secret', () => {
    const errorOf = (env: Record<string, string>) => {
      try {
        readConfig(env)
      } catch (error) {
        return (error as Error).message
      }
    }
    const DATABASE_URL = 'postgres://h/db'
    for (const [env, name] of [
      [{ DATABASE_URL, SECRET_KEY_BASE: 'hunter2' }, 'SECRET_KEY_BASE'],
      [{ DATABASE_URL, REDIS_URL: 'http://user:hunter2@h' }, 'REDIS_URL'],
      [{ DATABASE_URL: 'mysql://user:hunter2@h/db' }, 'DATABASE_URL'],
    ] as const) {
      expect(errorOf(env)).toContain(`${name} is not valid`)
      expect(errorOf(env)).not.toContain('hunter2')
    }
  })
})

describe('the idle time of channels (RT-66)', () => {
  it.each([
    [{}, 15_000],
    [{ CHANNEL_HIBERNATE_AFTER_MS: '1000' }, 1_000],
    [{ CHANNEL_HIBERNATE_AFTER_MS: '0' }, 0],
    [{ CHANNEL_HIBERNATE_AFTER_MS: 'off' }, null],
  ])('of %j is %s', (env, afterMs) => {
    expect(readConfig(env).CHANNEL_HIBERNATE_AFTER_MS).toBe(afterMs)
  })

  it('is a number or off', () => {
    expect(() => readConfig({ CHANNEL_HIBERNATE_AFTER_MS: 'soon' })).toThrow(
      'CHANNEL_HIBERNATE_AFTER_MS is "soon": expected a whole number, or off',
    )
  })
})

describe('the parts of applications', () => {
  const tank = configPart({
    variables: { TANK_LITRES: positiveInteger.default(50), TANK_NAME: z.string() },
    problem: ({ TANK_LITRES, WEB }) =>
      TANK_LITRES > 100 && !WEB ? 'TANK_LITRES is more than 100 without WEB' : undefined,
  })

  it('are read with those of the node', () => {
    const config = readConfig({ TANK_NAME: 'front', PORT: '4001' }, [tank])
    expect(config).toMatchObject({ TANK_LITRES: 50, TANK_NAME: 'front', PORT: 4001 })
  })

  it.each([
    [{}, 'TANK_NAME is missing'],
    [{ TANK_NAME: 'front', TANK_LITRES: 'all' }, 'TANK_LITRES is "all"'],
    [{ TANK_NAME: 'front', TANK_LITRES: '101', WEB: 'off' }, 'TANK_LITRES is more than 100 without WEB'],
  ])('refuse %j as the node does', (env, sentence) => {
    expect(() => readConfig(env, [tank])).toThrow(sentence)
  })

  it('name everything that is wrong at once', () => {
    expect(() => readConfig({ PORT: 'http' }, [tank])).toThrow(/PORT is "http".*; TANK_NAME is missing/)
  })

  it('cannot declare the variable of another', () => {
    expect(() => readConfig({ TANK_NAME: 'front' }, [tank, tank])).toThrow('TANK_LITRES is declared twice')
    expect(() => readConfig({}, [configPart({ variables: { PORT: z.string() } })])).toThrow('PORT is declared twice')
  })
})
