import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { createLinks, type Links } from '../../../harness/cluster/links.ts'
import type { FaultOptions } from '../../../harness/faults/fault.ts'
import { type FaultName, faults } from '../../../harness/faults/index.ts'
import { networks } from '../../../harness/faults/poor-network.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { type LinkServer, startLinkServer } from '../../../harness/toxiproxy/index.ts'
import { harmless } from '../../support/harmless-links.ts'

const pageBytes = 6_000
/** Every third request holds up this whole process for so long, and with it all that it asks and serves. */
let standsStillMs = 0
let requests = 0
let page: Server
let linkServer: LinkServer
let links: Links
beforeAll(async () => {
  page = createServer((_request, response) => {
    requests += 1
    const untilMs = requests % 3 === 0 ? performance.now() + standsStillMs : 0
    while (performance.now() < untilMs);
    response.end('y'.repeat(pageBytes))
  })
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  linkServer = await startLinkServer({ random: seededRandom(3).next })
  links = createLinks({
    apiUrl: linkServer.apiUrl,
    route: () => ({ listen: '127.0.0.1:0', upstream: `127.0.0.1:${(page.address() as AddressInfo).port}` }),
    countsAtOnce: true,
  })
})
afterAll(async () => {
  await linkServer.close()
  page.closeAllConnections()
  page.close()
})

/** A cluster of links alone; with `isBroken: false` nothing is done to them. */
const clusterOf = ({ isBroken = true } = {}) =>
  ({ nodes: [], links: isBroken ? links : harmless(links) }) as unknown as Cluster

let people = 0
/** Somebody's link that was used before. */
async function usedLink() {
  people += 1
  const link = await links.link(`person-${people}`, 'n1')
  await (await fetch(link.url)).text()
  return link.name
}

const kinds: [FaultName, FaultOptions][] = [
  ['link.cut', {}],
  ['link.cut-one-way', {}],
  ['link.partition', {}],
  ['link.reset', {}],
  ['link.latency', { delayMs: 200 }],
  ['link.bandwidth', { rateKiBps: 48 }],
  ['link.loss', { lossPercent: 15, stallMs: 400 }],
  ...Object.keys(networks).map((network): [FaultName, FaultOptions] => ['link.poor', { network }]),
]

describe.concurrent('faults of links (FI-3, FI-4, FI-7)', () => {
  it.each(kinds)('%s %j is felt by a request, and no longer when it is healed', async (kind, options) => {
    const fault = faults[kind].create(clusterOf(), await usedLink(), options)
    await fault.inject()
    expect(await fault.witnessOn()).toMatchObject({ seen: true })
    await fault.heal()
    expect(await fault.witnessOff()).toMatchObject({ seen: true })
  })

  it.each(kinds)('%s %j is not witnessed when nothing is broken', async (kind, options) => {
    const fault = faults[kind].create(clusterOf({ isBroken: false }), await usedLink(), options)
    await fault.inject()
    expect(await fault.witnessOn()).toMatchObject({ seen: false })
  })

  it.each(kinds)('%s %j is not seen to end while it holds', async (kind, options) => {
    const fault = faults[kind].create(clusterOf(), await usedLink(), options)
    await fault.inject()
    await fault.witnessOn()
    expect(await fault.witnessOff()).toMatchObject({ seen: false })
  })

  it('a link that nobody used proves nothing', async () => {
    const fault = faults['link.cut'].create(clusterOf(), 'nobody->n1', {})
    await fault.inject()
    expect((await fault.witnessOn()).why).toContain('nobody uses nobody->n1')
  })
})

const standingStill: [FaultName, FaultOptions, number][] = [
  ['link.cut', {}, 700],
  ['link.latency', { delayMs: 200 }, 250],
  ['link.loss', { lossPercent: 15, stallMs: 400 }, 150],
]

describe('a machine that stands still while a request is under way (FI-3, FI-4)', () => {
  async function witness(cluster: Cluster, [kind, options, forMs]: (typeof standingStill)[number]) {
    const fault = faults[kind].create(cluster, await usedLink(), options)
    await fault.inject()
    standsStillMs = forMs
    const found = await fault.witnessOn()
    standsStillMs = 0
    await fault.heal()
    return found
  }

  it.each(standingStill)('is no %s %j', async (...still) => {
    expect(await witness(clusterOf({ isBroken: false }), still)).toMatchObject({ seen: false })
  })

  it.each(standingStill)('does not hide %s %j', async (...still) => {
    expect(await witness(clusterOf(), still)).toMatchObject({ seen: true })
  })
})
