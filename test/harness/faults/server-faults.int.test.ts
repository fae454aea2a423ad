import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apps } from '../../../harness/apps/index.ts'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { createLinks, type Links } from '../../../harness/cluster/links.ts'
import { createPostgres, prepareTemplate } from '../../../harness/cluster/process/driver.ts'
import type { Database } from '../../../harness/cluster/services/database.ts'
import { canary } from '../../../harness/faults/canary.ts'
import type { FaultOptions } from '../../../harness/faults/fault.ts'
import { type FaultName, faults } from '../../../harness/faults/index.ts'
import { type Leases, openLeases } from '../../../harness/leases/leases.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { type LinkServer, startLinkServer } from '../../../harness/toxiproxy/index.ts'
import { harmless } from '../../support/harmless-links.ts'

let folder: string
let leases: Leases
let database: Database
let linkServer: LinkServer
let links: Links
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
  chmodSync(folder, 0o755)
  leases = openLeases(basename(folder))
  const template = await prepareTemplate(folder, { apps: Object.values(apps), seed: 7, leases })
  database = await createPostgres(template.binaries, template.folder, join(folder, 'db.log'), leases)
  await database.start()
  linkServer = await startLinkServer({ random: seededRandom(3).next })
  const upstream = new URL(database.url).host
  const route = () => ({ listen: '127.0.0.1:0', upstream })
  links = createLinks({ apiUrl: linkServer.apiUrl, route, countsAtOnce: true })
  for (const node of ['n1', 'n2'])
    await canary((await links.link(node, 'db')).port, { request: 'database', withinMs: 2_000 })
})
afterAll(async () => {
  await linkServer.close()
  await database.kill()
  rmSync(folder, { recursive: true, force: true })
  await leases.close()
})

/** Two nodes that are only their links to a real database; with `isBroken: false` nothing is done to it. */
function clusterOf({ isBroken = true } = {}): Cluster {
  const nothing = async () => {}
  const idle = { ...database, kill: nothing, start: nothing, pause: nothing, resume: nothing }
  const untouched = { database: idle, links: harmless(links) }
  const nodes = [{ name: 'n1' }, { name: 'n2' }]
  return { nodes, ...(isBroken ? { database, links } : untouched) } as unknown as Cluster
}

const kinds: [FaultName, FaultOptions][] = [
  ['db.kill', {}],
  ['db.pause', {}],
  ['db.read-only', {}],
  ['db.out-of-connections', {}],
  ['db.slow', { delayMs: 200 }],
]
/** These are made with queries: only a database that does not take them leaves them undone. */
const madeByQuery = new Set<FaultName>(['db.read-only', 'db.out-of-connections'])

describe('faults of the database (FI-6)', () => {
  it.each(kinds)('%s is felt by a query, and no longer when it is healed', async (kind, options) => {
    const fault = faults[kind].create(clusterOf(), 'db', options)
    await fault.inject()
    expect(await fault.witnessOn()).toMatchObject({ seen: true })
    await fault.heal()
    expect(await fault.witnessOff()).toMatchObject({ seen: true })
  })

  it.each(kinds.filter(([kind]) => !madeByQuery.has(kind)))(
    '%s is not witnessed when nothing is broken',
    async (kind, options) => {
      const fault = faults[kind].create(clusterOf({ isBroken: false }), 'db', options)
      await fault.inject()
      expect(await fault.witnessOn()).toMatchObject({ seen: false })
    },
  )

  it.each([...madeByQuery])('%s is not witnessed without having been made', async (kind) => {
    expect(await faults[kind].create(clusterOf(), 'db', {}).witnessOn()).toMatchObject({ seen: false })
  })

  it('takes the connections that somebody has, too', async () => {
    const somebody = new Client({ connectionString: database.url })
    const ended = new Promise((resolve) => somebody.once('end', resolve))
    somebody.on('error', () => {})
    await somebody.connect()
    const fault = faults['db.out-of-connections'].create(clusterOf(), 'db', {})
    await fault.inject()
    await ended
    await fault.heal()
  })
})
