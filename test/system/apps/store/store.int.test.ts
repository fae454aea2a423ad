import { execFileSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freePort } from '../../../../harness/platform/ports.ts'
import {
  type Database,
  joinProduct,
  type StoreNode,
  startDatabase,
  startNode,
  startNodes,
} from '../../../support/store-cluster.ts'

let database: Database
let nodes: StoreNode[] = []

beforeAll(async () => {
  execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error'])
  database = await startDatabase()
})
beforeEach(() => database.seed())
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  nodes = []
})
afterAll(() => database.stop())

async function cluster(count: number, env: Record<string, string> = {}) {
  nodes = await startNodes(count, database.url, env)
  return nodes as [StoreNode, StoreNode, ...StoreNode[]]
}

/** Item 3 is in stock with the seed of these tests. */
const itemId = 3
const setCount = (count: number) =>
  database.query('update item_availability set available_count = $1, initial_count = $1 where item_id = $2', [
    count,
    itemId,
  ])
const countOf = async () =>
  (
    await database.query<{ available_count: number }>(
      'select available_count from item_availability where item_id = $1',
      [itemId],
    )
  )[0]!.available_count
const soldUnits = async () =>
  Number(
    (await database.query<{ sum: string | null }>('select sum(units) from sales where item_id = $1', [itemId]))[0]!.sum,
  )
const cachedCount = async (node: StoreNode) => {
  const { products } = (await node.get('/state')).body.inventory
  return products.flatMap(({ items }) => items).find(({ id }) => id === itemId)!.availableCount
}
const sellMany = (shops: readonly StoreNode[], attempts: number) =>
  Promise.all(Array.from({ length: attempts }, (_, n) => shops[n % shops.length]!.post('/sell', { itemId })))
const oks = (answers: { status: number }[]) => answers.filter(({ status }) => status === 200).length
const fragment = /<div class="size-container">.*?<\/div>/

describe('the data of a shop', () => {
  const seeded = () =>
    database.query<{
      id: number
      released: boolean
      price_usd: number
      size: string
      count: number
      product_id: number
    }>(
      `select p.*, i.size, i.product_id, a.available_count as count
         from products p join items i on i.product_id = p.id join item_availability a on a.item_id = i.id order by i.id`,
    )

  it('is two unreleased products with all that a page shows of them (ST-7, ST-48)', async () => {
    const rows = await seeded()
    expect([...new Set(rows.map(({ id }) => id))]).toEqual([1, 2])
    for (const row of rows) {
      expect(row).toMatchObject({ released: false, product_id: row.id, price_usd: expect.any(Number) })
      for (const name of ['brand', 'color', 'name', 'main_image_url', 'sku'])
        expect(row).toMatchObject({ [name]: expect.stringMatching(/./) })
    }
  })

  it('has an item for each size, which belongs to one product and cannot be without it (ST-8)', async () => {
    for (const id of [1, 2]) {
      const sizes = (await seeded()).filter(({ product_id }) => product_id === id).map(({ size }) => size)
      expect(sizes).toEqual(expect.arrayContaining(['6', '10']))
      expect(new Set(sizes).size).toBe(sizes.length)
    }
    const stray = database.query("insert into items values (99, 77, 'PHX-077-6', '6')")
    await expect(stray).rejects.toThrow(/violates foreign key/)
  })

  it('is the same again for the same seed, whatever was sold, and another for another (ST-48)', async () => {
    const before = await seeded()
    await database.query('update item_availability set available_count = 0')
    await database.query('update products set released = true')
    await database.seed()
    expect(await seeded()).toEqual(before)
    await database.seed(8)
    expect(await seeded()).not.toEqual(before)
  })
})

describe('selling on two nodes', () => {
  it('sells exactly what there is, to whoever asks (ST-18, ST-19, ST-9, DF-62, DF-68)', async () => {
    await setCount(9)
    const shops = await cluster(2)
    const answers = await sellMany(shops, 40)
    expect(oks(answers)).toBe(9)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(31)
    expect([await countOf(), await soldUnits()]).toEqual([0, 9])
    for (const shop of shops) await expect.poll(() => cachedCount(shop), { timeout: 5_000 }).toBe(0)
  })

  it('sells out with two reducers at once (ST-49, ST-50, ST-58)', async () => {
    const shops = await cluster(2)
    const client = await joinProduct(shops[1], 1)
    const answers = await Promise.all(shops.map((shop) => shop.post('/reduce', { unitsPerStep: 100 })))
    const [{ sum }] = (await database.query<{ sum: string }>('select sum(initial_count) from item_availability')) as [
      { sum: string },
    ]
    expect(answers.reduce((sold, { body }) => sold + body.sold, 0)).toBe(Number(sum))
    expect(await database.query('select 1 from item_availability where available_count <> 0')).toEqual([])
    expect(shops[0].output()).toContain('InventoryReducer sold out!')
    await expect
      .poll(async () => new Set((await Promise.all(shops.map((shop) => shop.page()))).map(({ html }) => html)).size, {
        timeout: 5_000,
      })
      .toBe(1)
    client.close()
  })
})

describe('a release', () => {
  it('reaches every page as the fragment of the page itself (ST-23, ST-24, ST-53, ST-58, AT-32)', async () => {
    const [n1, n2] = await cluster(2)
    expect((await n2.page()).html.match(/coming soon\.\.\./g)).toHaveLength(2)
    const client = await joinProduct(n2, 1)
    expect(await n1.post('/release', { productId: 1 })).toEqual({ status: 200, body: { ok: true } })
    await expect.poll(() => client.broadcasts().length).toBe(1)
    const { size_html } = client.broadcasts()[0]!.payload
    for (const node of [n1, n2])
      await expect.poll(async () => fragment.exec((await node.page()).html)?.[0], { timeout: 5_000 }).toBe(size_html)
    expect(await database.query('select id from products where released')).toEqual([{ id: 1 }])
    client.close()
  })

  it('may be announced again without harm, and changes nothing by that (ST-25, ST-33, AT-47)', async () => {
    const [n1] = await cluster(1)
    const before = (await n1.page()).html
    const client = await joinProduct(n1, 1)
    for (let time = 0; time < 3; time += 1) await n1.post('/notify/release', { productId: 1 })
    const out = await n1.post('/notify/stock', { itemId, availableCount: 0 })
    expect(out.body).toEqual({ ok: true, result: 'broadcast' })
    await client.flush()
    expect(client.broadcasts().map(({ event }) => event)).toEqual(['released', 'released', 'released', 'stock_change'])
    expect((await n1.page()).html).toBe(before)
    client.close()
  })

  it('is still there after a restart (ST-61, ST-23)', async () => {
    const [first] = await cluster(1)
    await first.post('/release', { productId: 1 })
    await setCount(4)
    await first.post('/sell', { itemId })
    const before = (await first.page()).html
    expect(await first.stop()).toBe(0)
    const [second] = await cluster(1)
    expect((await second.page()).html).toBe(before)
  })
})

/** What a client of the second node hears of one sale of the last unit on the first. */
async function heardOfLastUnit() {
  await setCount(1)
  const [n1, n2] = await cluster(2)
  const clients = await Promise.all([joinProduct(n1, 1), joinProduct(n2, 1)])
  expect((await n1.post('/sell', { itemId })).status).toBe(200)
  for (const client of clients)
    await expect.poll(() => client.broadcasts().length, { timeout: 5_000 }).toBeGreaterThan(0)
  return { n1, n2, clients }
}

describe('replication', () => {
  it('brings one message per change to every client and the value to every node (ST-54, ST-55, ST-59)', async () => {
    const { n1, n2, clients } = await heardOfLastUnit()
    await expect.poll(() => cachedCount(n2), { timeout: 5_000 }).toBe(0)
    for (const client of clients) {
      await client.flush()
      expect(client.broadcasts()).toEqual([
        { joinRef: null, event: 'stock_change', payload: { product_id: 1, item_id: itemId, level: 'out' } },
      ])
    }
    expect((await n1.get('/state')).body.counters).toMatchObject({ replicationSent: 1, replicationHandled: 0 })
    expect((await n2.get('/state')).body.counters).toMatchObject({ replicationSent: 0, replicationHandled: 1 })
    for (const client of clients) client.close()
  })

  it('is made good when a peer comes back, to the clients of this node alone (ST-57)', async () => {
    await setCount(1)
    const [n1, n2] = await cluster(2)
    const client = await joinProduct(n1, 1)
    await database.query('update item_availability set available_count = 0 where item_id = $1', [itemId])
    expect(await n2.stop()).toBe(0)
    const { CLUSTER_PORT, CLUSTER_PEERS } = meshOf(n2)
    nodes = [
      n1,
      await startNode('n2', { DATABASE_URL: database.url, CLUSTER_SECRET: 'mesh', CLUSTER_PORT, CLUSTER_PEERS }),
    ]
    await expect.poll(() => cachedCount(n1), { timeout: 10_000 }).toBe(0)
    await client.flush()
    const levels = client.broadcasts().map(({ payload }) => payload.level)
    expect(levels).toEqual(['out'])
  })
})

function meshOf(node: StoreNode): { CLUSTER_PORT: string; CLUSTER_PEERS: string } {
  const { CLUSTER_PORT, CLUSTER_PEERS } = node.env
  return { CLUSTER_PORT: CLUSTER_PORT!, CLUSTER_PEERS: CLUSTER_PEERS! }
}

describe('joining', () => {
  it('brings the state: released, then every item (ST-47)', async () => {
    const [n1] = await cluster(1)
    await n1.post('/release', { productId: 1 })
    const client = await joinProduct(n1, 1)
    await client.flush()
    expect(client.pushes().map(({ event }) => event)).toEqual(['released', ...Array(7).fill('stock_change')])
    const unreleased = await joinProduct(n1, 2)
    await unreleased.flush()
    expect(unreleased.pushes().map(({ event }) => event)).toEqual(Array(6).fill('stock_change'))
  })
})

describe('a node in trouble', () => {
  it('serves pages, refuses a release and changes nothing while the database is away (AT-21, NF-5)', async () => {
    const [n1] = await cluster(1)
    const client = await joinProduct(n1, 1)
    await database.door.shut()
    try {
      expect((await n1.page()).status).toBe(200)
      expect((await n1.post('/release', { productId: 1 })).status).toBe(503)
      expect((await n1.post('/sell', { itemId })).status).toBe(503)
      expect((await n1.page()).html).toContain('product-soon-1')
      await expect.poll(() => n1.output()).toContain('the database is not reachable')
    } finally {
      await database.door.open()
    }
    expect(await database.query('select id from products where released')).toEqual([])
    await n1.ready()
    expect((await n1.post('/release', { productId: 1 })).status).toBe(200)
    await expect.poll(() => client.broadcasts().map(({ event }) => event)).toEqual(['released'])
    expect(client.open()).toBe(true)
  })

  it('answers errors, never wrong pages, until it could read the database (AT-22, ST-21)', async () => {
    await database.door.shut()
    try {
      nodes = [await startNode('n1', { DATABASE_URL: database.url })]
      await expect
        .poll(async () => (await nodes[0]!.page().catch(() => undefined))?.status, { timeout: 5_000 })
        .toBe(503)
      expect((await nodes[0]!.page()).html).not.toContain('coming soon')
      expect((await nodes[0]!.post('/release', { productId: 1 })).status).toBe(503)
    } finally {
      await database.door.open()
    }
    await nodes[0]!.ready()
    expect((await nodes[0]!.page()).html).toContain('coming soon...')
  })

  it('heals when its parts are killed, and nobody is disconnected (AT-23, NF-6)', async () => {
    const [n1] = await cluster(1)
    const client = await joinProduct(n1, 1)
    const names = ['Sneakers23.Inventory', 'Sneakers23.Replication.Server', 'Sneakers23.Repo']
    const idOf = async (name: string) => (await n1.get('/actors')).body.actors.find((actor) => actor.name === name)?.id
    const before = await Promise.all(names.map(idOf))
    for (const name of names) expect((await n1.post('/actors/kill', { name })).status).toBe(200)
    await n1.ready()
    const after = await Promise.all(names.map(idOf))
    expect(after.filter((id, index) => id !== undefined && id !== before[index])).toHaveLength(3)
    expect((await n1.post('/release', { productId: 1 })).status).toBe(200)
    await expect.poll(() => client.broadcasts().map(({ event }) => event)).toEqual(['released'])
    expect(client.open()).toBe(true)
  })

  it('shows the new id of each part that is killed in the inspector, which the port of the shop has not (AT-23, RT-70, RT-75, RT-77)', async () => {
    const [n1] = await cluster(1)
    const client = await joinProduct(n1, 1)
    for (const name of ['Sneakers23.Inventory', 'Sneakers23.Replication.Server', 'Sneakers23.Repo']) {
      const { actors } = (await n1.get('/actors')).body
      const { id } = actors.find((actor) => actor.name === name)!
      const killed = (await n1.post('/observer/kill', { id })).body
      expect(killed).toMatchObject({ killedId: id, name, successorId: expect.any(String) })
      const inPlace = JSON.stringify((await n1.get('/observer/tree')).body)
      expect(inPlace).toContain(`{"id":"${killed.successorId}","name":"${name}"`)
      expect(inPlace).not.toContain(`{"id":"${id}","name":"${name}"`)
    }
    await n1.ready()
    expect((await n1.post('/release', { productId: 1 })).status).toBe(200)
    await expect.poll(() => client.broadcasts().map(({ event }) => event)).toEqual(['released'])
    expect((await fetch(`http://127.0.0.1:${n1.port}/observer`)).status).toBe(404)
  })

  it('drains on SIGTERM: sockets get 1012, the process ends with 0', async () => {
    const [n1] = await cluster(1)
    const client = await joinProduct(n1, 1)
    expect(await n1.stop()).toBe(0)
    await expect.poll(() => client.closeCode()).toBe(1012)
  })

  it('works without a web server (ST-60)', async () => {
    nodes = [await startNode('n1', { DATABASE_URL: database.url, WEB: 'off' })]
    await nodes[0]!.ready()
    await expect(nodes[0]!.page()).rejects.toThrow()
    expect((await nodes[0]!.post('/release', { productId: 1 })).status).toBe(200)
  })
})

describe('a start that cannot work ends with one sentence', () => {
  const failing = async (env: Record<string, string>) => {
    const node = await startNode('n1', { DATABASE_URL: database.url, ENDS: 'yes', ...env })
    await expect.poll(() => node.process.exitCode, { timeout: 10_000 }).not.toBeNull()
    return { code: node.process.exitCode, sentence: node.output().trim().split('\n').at(-1) }
  }

  it('for a bad setting with 64', async () => {
    expect(await failing({ WEB: 'maybe' })).toEqual({ code: 64, sentence: expect.stringMatching(/WEB is "maybe"/) })
  })

  it('for a star in the middle of a topic with 64 (CH-47)', async () => {
    expect(await failing({ STORE_PRODUCT_ROUTE: 'product:*:x' })).toEqual({
      code: 64,
      sentence: expect.stringMatching(/must end with \*/),
    })
  })

  it('for a port in use with 69', async () => {
    const PORT = String(await freePort())
    nodes = [await startNode('n1', { DATABASE_URL: database.url, PORT })]
    await nodes[0]!.ready()
    expect(await failing({ PORT })).toEqual({ code: 69, sentence: expect.stringContaining(`${PORT} is in use`) })
  })
})
