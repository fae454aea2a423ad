import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { createLinks, type Links } from '../../../harness/cluster/links.ts'
import { createRedisProcess, findRedis, type RedisServer } from '../../../harness/cluster/services/redis.ts'
import { canary } from '../../../harness/faults/canary.ts'
import type { FaultOptions } from '../../../harness/faults/fault.ts'
import { type FaultName, faults } from '../../../harness/faults/index.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { type LinkServer, startLinkServer } from '../../../harness/toxiproxy/index.ts'
import { harmless } from '../../support/harmless-links.ts'

const missing = (() => {
  try {
    findRedis()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
})()
const because = missing === undefined ? '' : `, skipped: ${missing}`

const kinds: [FaultName, FaultOptions][] = [
  ['redis.kill', {}],
  ['redis.pause', {}],
  ['redis.slow', { delayMs: 200 }],
]

describe.skipIf(missing !== undefined)(`faults of Redis (FI-14)${because}`, () => {
  let folder: string
  let redis: RedisServer
  let linkServer: LinkServer
  let links: Links
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
    const leases = { holdPort() {}, holdProcess() {}, releaseProcess() {} }
    redis = await createRedisProcess({ folder, logFile: join(folder, 'redis.log'), leases })
    await redis.start()
    linkServer = await startLinkServer({ random: seededRandom(3).next })
    const route = () => ({ listen: '127.0.0.1:0', upstream: `127.0.0.1:${redis.port}` })
    links = createLinks({ apiUrl: linkServer.apiUrl, route, countsAtOnce: true })
    for (const node of ['n1', 'n2']) await canary((await links.link(node, 'redis')).port, { request: 'redis' })
  })
  afterAll(async () => {
    await linkServer.close()
    await redis.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Two nodes that are only their links to a real Redis; with `isBroken: false` nothing is done to it. */
  function clusterOf({ isBroken = true } = {}): Cluster {
    const nothing = async () => {}
    const untouched = { redis: { ...redis, kill: nothing, pause: nothing }, links: harmless(links) }
    const nodes = [{ name: 'n1' }, { name: 'n2' }]
    return { nodes, ...(isBroken ? { redis, links } : untouched) } as unknown as Cluster
  }

  it.each(kinds)('%s is felt by a PING, and no longer when it is healed', async (kind, options) => {
    const fault = faults[kind].create(clusterOf(), 'redis', options)
    await fault.inject()
    expect(await fault.witnessOn()).toMatchObject({ seen: true })
    await fault.heal()
    expect(await fault.witnessOff()).toMatchObject({ seen: true })
  })

  it.each(kinds)('%s is not witnessed when nothing is broken', async (kind, options) => {
    const fault = faults[kind].create(clusterOf({ isBroken: false }), 'redis', options)
    await fault.inject()
    expect(await fault.witnessOn()).toMatchObject({ seen: false })
  })
})
