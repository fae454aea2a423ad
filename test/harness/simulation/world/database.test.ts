import { describe, expect, it } from 'vitest'
import { createDatabase } from '../../../../harness/simulation/world/database.ts'
import { createMachine } from '../../../../harness/simulation/world/machine.ts'
import { createPool } from '../../../../harness/simulation/world/pool.ts'
import { createVirtualClock } from '../../../../harness/simulation/world/virtual-clock.ts'
import {
  readAvailability,
  readCompleteProducts,
  writeReleased,
} from '../../../../system/apps/store/catalog/product-reads.ts'
import { findOrder, purchase } from '../../../../system/apps/store/checkout/purchase.ts'
import { sellUnits } from '../../../../system/apps/store/checkout/single-item.ts'
import { createRepo } from '../../../../system/apps/store/db/repo.ts'
import { silentLog as log } from '../../../../system/platform/log.ts'
import { createRuntime } from '../../../../system/runtime/index.ts'

/** Two items of one released product: three of the first, one of the second; and the repos of two nodes. */
async function setUp() {
  const clock = createVirtualClock()
  const database = createDatabase(clock)
  database.seed('products/1', { id: 1, sku: 'P', brand: 'b', name: 'n', price_usd: 100, released: true })
  for (const [id, count] of [
    [1, 3],
    [2, 1],
  ] as const) {
    database.seed(`items/${id}`, { id, product_id: 1, sku: `P-${id}`, size: String(id) })
    database.seed(`availability/${id}`, { item_id: id, initial_count: count, available_count: count, version: 0 })
  }
  const openRepo = async () => {
    const machine = createMachine(clock)
    const repo = createRepo({
      open: (options) => createPool(database, machine, options),
      runtime: createRuntime({ clock: machine.clock, log }),
      log,
    })
    await repo.start()
    return { repo, machine }
  }
  const [one, other] = [await openRepo(), await openRepo()]
  await clock.run(clock.sleep(100))
  const left = (itemId: number) => database.rows(`availability/${itemId}`)[0]!.available_count
  return { clock, database, one, other, left }
}

const spec = (shopper: string, ...itemIds: number[]) => ({ shopper, key: 'k', itemIds })

describe('the simulated database, through the real access layer', () => {
  it('answers what the shop asks (ST-10, ST-16)', async () => {
    const { clock, one } = await setUp()
    const [product] = await clock.run(readCompleteProducts(one.repo))
    expect(product).toMatchObject({ id: 1, priceUsd: 100, released: true })
    expect(product?.items.map(({ id, availableCount }) => [id, availableCount])).toEqual([
      [1, 3],
      [2, 1],
    ])
    expect(await clock.run(readAvailability(one.repo, 2))).toEqual({ availableCount: 1, version: 0 })
    expect(await clock.run(writeReleased(one.repo, 9))).toBe(false)
  })

  it('sells all of an order or nothing, and the last unit once (CT-55, ST-19)', async () => {
    const { clock, database, one, other, left } = await setUp()
    const both = await clock.run(
      Promise.all([
        purchase({ repo: one.repo, nodeName: 'n1' }, spec('ann', 1, 2)),
        purchase({ repo: other.repo, nodeName: 'n2' }, spec('ben', 1, 2)),
      ]),
    )
    expect(both.map(({ kind }) => kind).sort()).toEqual(['purchase_complete', 'purchase_failed'])
    expect([left(1), left(2), database.rows('sales/').length]).toEqual([2, 0, 2])
  })

  it('shows a commit to others once it is on the disk, and forgets one under which it dies (FI-6)', async () => {
    const { clock, database, left } = await setUp()
    const setCount = 'update item_availability set available_count = $2 where item_id = $1'
    /** Sends a commit, and waits for less than it takes. */
    const change = async (count: number) => {
      const backend = database.connect()
      await clock.run(backend.execute('begin', []))
      await clock.run(backend.execute(setCount, [1, count]))
      const committing = backend.execute('commit', [])
      committing.catch(() => {})
      await clock.run(clock.sleep(1))
      return { committing }
    }
    const first = await change(2)
    expect(left(1)).toBe(3)
    await clock.run(first.committing)
    expect(left(1)).toBe(2)
    const second = await change(1)
    database.kill()
    await expect(clock.run(second.committing)).rejects.toThrow('Connection terminated')
    database.start()
    expect(left(1)).toBe(2)
  })

  it('goes on with a transaction that was not ended, as PostgreSQL does', async () => {
    const { clock, database, left } = await setUp()
    const backend = database.connect()
    const setCount = 'update item_availability set available_count = $2 where item_id = $1'
    for (const [sql, params] of [
      ['begin', []],
      [setCount, [1, 2]],
      ['begin', []],
      [setCount, [2, 0]],
      ['commit', []],
    ] as const)
      await clock.run(backend.execute(sql, params))
    expect([left(1), left(2)]).toEqual([2, 0])
  })

  it('makes one order of two attempts with the same key (CT-58)', async () => {
    const { clock, database, one, other, left } = await setUp()
    const again = await clock.run(
      Promise.all([
        purchase({ repo: one.repo, nodeName: 'n1' }, spec('ann', 1)),
        purchase({ repo: other.repo, nodeName: 'n2' }, spec('ann', 1)),
      ]),
    )
    expect(again.map((result) => result.kind === 'purchase_complete' && result.isRepeat).sort()).toEqual([false, true])
    expect([left(1), database.rows('orders/').length]).toEqual([2, 1])
    expect(await clock.run(findOrder(one.repo, 'ann', 'k'))).toMatchObject({ totalUsd: 100 })
  })

  it('takes back what was not committed when it is killed, and keeps what was (FI-6)', async () => {
    const { clock, database, one, left } = await setUp()
    await clock.run(sellUnits(one.repo, 1, 1, 'n1'))
    const waits = { repo: one.repo, nodeName: 'n1', beforeCommit: () => clock.sleep(1_000) }
    const cut = purchase(waits, spec('ann', 1, 2)).catch((error: Error) => error.message)
    clock.after(500, database.kill)
    expect(await clock.run(cut)).toMatch(/connection error/)
    database.start()
    expect([left(1), left(2)]).toEqual([2, 1])
    expect(await clock.run(sellUnits(one.repo, 2, 1, 'n1'))).toBe(1)
  })

  it('lets go of the locks of a machine that is gone (FI-2)', async () => {
    const { clock, one, other, left } = await setUp()
    void purchase({ repo: one.repo, nodeName: 'n1', beforeCommit: () => clock.sleep(9_000) }, spec('ann', 1))
    clock.after(500, one.machine.end)
    await clock.run(clock.sleep(600))
    expect(await clock.run(sellUnits(other.repo, 1, 1, 'n2'))).toBe(1)
    expect(left(1)).toBe(2)
  })

  it('does what it was told before it stood still, though nobody waits any more (FI-6)', async () => {
    const { clock, database, one, left } = await setUp()
    database.pause()
    const sale = sellUnits(one.repo, 1, 1, 'n1').catch((error: Error) => error.message)
    expect(await clock.run(sale)).toBe('Query read timeout')
    expect(left(1)).toBe(3)
    database.resume()
    await clock.run(clock.sleep(100))
    expect(left(1)).toBe(2)
  })

  it('reads and does not write while it is read-only (FI-6)', async () => {
    const { clock, database, one } = await setUp()
    database.setReadOnly(true)
    await expect(clock.run(sellUnits(one.repo, 1, 1, 'n1'))).rejects.toThrow('read-only')
    expect(await clock.run(readAvailability(one.repo, 1))).toMatchObject({ availableCount: 3 })
  })

  it('refuses a statement that nobody taught it', async () => {
    const { clock, one } = await setUp()
    await expect(clock.run(one.repo.query('select now()'))).rejects.toThrow(
      'does not know the statement "select now()"',
    )
  })
})
