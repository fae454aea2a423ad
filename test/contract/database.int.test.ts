import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { taughtStatements } from '../../harness/simulation/world/statements.ts'
import {
  readAvailability,
  readCompleteProducts,
  readReleased,
  writeReleased,
} from '../../system/apps/store/catalog/product-reads.ts'
import { findOrder, purchase } from '../../system/apps/store/checkout/purchase.ts'
import { sellUnits } from '../../system/apps/store/checkout/single-item.ts'
import { sellRandomUntilGone } from '../../system/apps/store/inventory/reducer.ts'
import { silentLog as log } from '../../system/platform/log.ts'
import {
  aWhileMs,
  type Connection,
  errorOf,
  type Node,
  realSide,
  type Session,
  type Shown,
  type Side,
  simulatedSide,
} from '../support/database-sides.ts'

/**
 * What the store may expect of its database: every case runs on a real PostgreSQL and on the simulated one, and both must show the same:
 * what each statement returned, how it failed, in which order things happened, and what is in the tables at the end.
 */

const setStock = 'update item_availability set available_count = $2, version = version + 1 where item_id = $1'
const takeOne =
  'update item_availability set available_count = greatest(available_count - 1, 0), version = version + 1 where item_id = $1'
const insertSale = 'insert into sales (item_id, units, node) values ($1, 1, $2)'
const readStock = 'select available_count from item_availability where item_id = $1'
const insertOrder = `insert into orders (shopper, key, items, node) values ($1, $2, '[]', $3) on conflict do nothing returning id`
const witnessWrite = 'update pg_catalog.pg_description set description = description where false'

const wish = (shopper: string, ...itemIds: number[]) => ({ shopper, key: 'k', itemIds })
const buyer = ({ repo }: Node) => ({ repo, nodeName: 'n1' })
/** How it ended, as data. */
const ended = (work: Promise<unknown>) => work.then((value) => ({ value }), errorOf)

/** A connection with a transaction begun. */
async function begun(node: Node): Promise<Connection> {
  const connection = await node.connect()
  await connection.query('begin')
  return connection
}

/** Lets something that may have to wait begin. */
async function begins(session: Session, work: Promise<unknown>) {
  let isOver = false
  const end = () => {
    isOver = true
  }
  work.then(end, end)
  await session.begins(() => isOver)
}

/** The same, and notes when it is over. */
async function noted(session: Session, who: string, work: Promise<unknown>) {
  const over = work.then(
    () => session.note(`${who} is done`),
    (error: Error) => session.note(`${who} failed: ${errorOf(error).message}`),
  )
  await begins(session, over)
  return { over }
}

interface Case {
  /** What both must return; the rest of what they show is compared with each other. */
  returns?: unknown
  run(session: Session): Promise<unknown>
}

const cases: Record<string, Case> = {
  'reads of what there is and is not (ST-10)': {
    async run({ node }) {
      const { repo } = node('n1')
      const products = await readCompleteProducts(repo)
      const released = [await readReleased(repo, 1), await readReleased(repo, 2), await readReleased(repo, 99)]
      const stock = [await readAvailability(repo, 1), await readAvailability(repo, 99)]
      await repo.query('select 1')
      await repo.query(readStock, [1])
      return [products.map(({ id, items }) => [id, ...items.map((item) => item.id)]), released, stock]
    },
    returns: [
      [
        [2, 3],
        [1, 1, 2, 4],
      ],
      [true, false, undefined],
      [{ availableCount: 3, version: 0 }, undefined],
    ],
  },
  'a release, and one of what there is not (ST-16)': {
    async run({ node }) {
      const { repo } = node('n1')
      const written = [await writeReleased(repo, 2), await writeReleased(repo, 2), await writeReleased(repo, 99)]
      return [written, await readReleased(repo, 2)]
    },
    returns: [[true, true, false], true],
  },
  'sales of some, of the rest, of nothing, and of what there is not (ST-18)': {
    async run({ node }) {
      const { repo } = node('n1')
      const sell = (itemId: number, units: number) => sellUnits(repo, itemId, units, 'n1')
      return [await sell(1, 2), await sell(1, 5), await sell(1, 1), await sell(4, 1), await sell(99, 1)]
    },
    returns: [2, 1, 0, 0, 0],
  },
  'selling until nothing is left (ST-49)': {
    async run({ node }) {
      const { repo } = node('n1')
      const random = { pick: (rows: { item_id: number }[]) => rows.toSorted((a, b) => a.item_id - b.item_id)[0]! }
      const options = {
        repo,
        nodeName: 'n1',
        random: random as never,
        clock: {} as never,
        log,
        itemSold: async () => {},
      }
      return sellRandomUntilGone(options, { unitsPerStep: 2 })
    },
    returns: 9,
  },
  'a purchase, its repetition, and its order (CT-55, CT-58)': {
    async run({ node }) {
      const n1 = node('n1')
      const bought = [await purchase(buyer(n1), wish('ann', 1, 2)), await purchase(buyer(n1), wish('ann', 1, 2))]
      const orders = [await findOrder(n1.repo, 'ann', 'k'), await findOrder(n1.repo, 'ben', 'k')]
      const again = await purchase(buyer(n1), wish('ben', 1))
      return [bought, orders, again.kind === 'purchase_complete' && again.order.id].flat()
    },
    returns: [
      expect.objectContaining({ kind: 'purchase_complete', isRepeat: false }),
      expect.objectContaining({ kind: 'purchase_complete', isRepeat: true }),
      expect.objectContaining({ id: 1, totalUsd: 200 }),
      undefined,
      // The repetition has used up a number.
      3,
    ],
  },
  'purchases that fail leave nothing behind (CT-55, CT-30)': {
    async run({ node }) {
      const n1 = node('n1')
      const failed = [
        await purchase(buyer(n1), wish('ann', 1, 4)),
        await purchase(buyer(n1), wish('ann', 1, 3)),
        await purchase(buyer(n1), wish('ann', 1, 99)),
      ]
      return [failed, await findOrder(n1.repo, 'ann', 'k')].flat()
    },
    returns: [
      { kind: 'purchase_failed', itemIds: [4] },
      { kind: 'purchase_failed', itemIds: [3] },
      { kind: 'purchase_failed', itemIds: [99] },
      undefined,
    ],
  },
  'an order that is not finished is found by nobody, not even when it is committed': {
    async run({ node }) {
      const n1 = node('n1')
      await n1.query(insertOrder, ['ann', 'k', 'n1'])
      return findOrder(n1.repo, 'ann', 'k')
    },
    returns: undefined,
  },
  'a count below zero, and a sale of an item that is not there, are refused': {
    async run({ node }) {
      const n1 = node('n1')
      const refused = [await ended(n1.query(setStock, [1, -1])), await ended(n1.query(insertSale, [99, 'n1']))]
      await n1.query(setStock, [1, 2])
      await n1.query(takeOne, [4])
      await n1.query(insertSale, [1, 'n1'])
      return refused.map((one) => 'code' in one && one.code)
    },
    returns: ['23514', '23503'],
  },
  'a transaction in which something failed does nothing more, and commits nothing': {
    async run({ node }) {
      const n1 = node('n1')
      const connection = await begun(n1)
      await connection.query(setStock, [1, 2])
      const failed = await ended(connection.query(setStock, [2, -1]))
      const after = [await ended(connection.query(readStock, [1])), await ended(connection.query(setStock, [1, 1]))]
      await connection.query('commit')
      connection.release()
      return [failed, ...after].map((one) => 'code' in one && one.code)
    },
    returns: ['23514', '25P02', '25P02'],
  },
  'and lets go of its locks at once': {
    async run(session) {
      const [n1, n2] = [session.node('n1'), session.node('n2')]
      const connection = await begun(n1)
      await connection.query(setStock, [1, 2])
      await ended(connection.query(setStock, [2, -1]))
      const other = await noted(session, 'n2', n2.query(takeOne, [1]))
      session.note('n1 ends')
      await connection.query('rollback')
      connection.release()
      await other.over
    },
  },
  'a transaction sees what it did, others see it when it is committed': {
    async run({ node }) {
      const [n1, n2] = [node('n1'), node('n2')]
      const connection = await begun(n1)
      await connection.query(setStock, [1, 2])
      const own = await connection.query(readStock, [1])
      const before = await n2.query(readStock, [1])
      await connection.query('commit')
      const after = await n2.query(readStock, [1])
      connection.release()
      return [own, before, after].flat().map((row) => row.available_count)
    },
    returns: [2, 3, 2],
  },
  'a transaction sees what others commit meanwhile': {
    async run({ node }) {
      const [n1, n2] = [node('n1'), node('n2')]
      const connection = await begun(n1)
      const before = await connection.query(readStock, [1])
      await n2.query(setStock, [1, 2])
      const after = await connection.query(readStock, [1])
      await connection.query('rollback')
      connection.release()
      return [before, after].flat().map((row) => row.available_count)
    },
    returns: [3, 2],
  },
  ...Object.fromEntries(
    (['commit', 'rollback'] as const).flatMap((how): [string, Case][] => [
      [
        `who sells the last unit second waits for the ${how} of the first (ST-19)`,
        {
          async run(session) {
            const [n1, n2] = [session.node('n1'), session.node('n2')]
            const connection = await begun(n1)
            await connection.query(setStock, [2, 0])
            const sale = sellUnits(n2.repo, 2, 1, 'n2')
            const second = await noted(session, 'the sale', sale)
            session.note(how)
            await connection.query(how)
            connection.release()
            await second.over
            return sale
          },
          returns: how === 'commit' ? 0 : 1,
        },
      ],
      [
        `who orders second with the same key waits for the ${how} of the first (CT-58)`,
        {
          async run(session) {
            const [n1, n2] = [session.node('n1'), session.node('n2')]
            const connection = await begun(n1)
            await connection.query(insertOrder, ['ann', 'k', 'n1'])
            const order = n2.query(insertOrder, ['ann', 'k', 'n2'])
            const second = await noted(session, 'the order', order)
            session.note(how)
            await connection.query(how)
            connection.release()
            await second.over
            return order
          },
          returns: how === 'commit' ? [] : [{ id: '2' }],
        },
      ],
    ]),
  ),
  'nobody waits for a sale of an item that is sold out': {
    async run(session) {
      const [n1, n2] = [session.node('n1'), session.node('n2')]
      const connection = await begun(n1)
      const sell = purchase(buyer(n2), wish('ben', 4))
      const sold = await connection.query(readStock, [4])
      const other = await noted(session, 'the purchase', sell)
      session.note('commit')
      await connection.query('commit')
      connection.release()
      await other.over
      return [sold, await sell]
    },
    returns: [[{ available_count: 0 }], { kind: 'purchase_failed', itemIds: [4] }],
  },
  'a sale that found nothing has locked nothing': {
    async run(session) {
      const [n1, n2] = [session.node('n1'), session.node('n2')]
      const result = await n1.repo.transaction(async (client) => {
        const tx = { query: async (sql: string, params?: unknown[]) => (await client.query(sql, params)).rows }
        const units = await sellUnits(tx as never, 4, 1, 'n1')
        const other = await noted(session, 'the delivery', n2.query(setStock, [4, 5]))
        session.note('n1 ends')
        return { units, other }
      })
      await result.other.over
      return result.units
    },
    returns: 0,
  },
  'reads wait for nobody': {
    async run(session) {
      const [n1, n2] = [session.node('n1'), session.node('n2')]
      const connection = await begun(n1)
      await connection.query(setStock, [1, 1])
      const reads = await noted(session, 'the reader', readCompleteProducts(n2.repo))
      session.note('rollback')
      await connection.query('rollback')
      connection.release()
      await reads.over
    },
  },
  // By what they got: the answers of both may lie ready when the test looks. And only of the first: PostgreSQL lets
  // those behind it, who all follow the row to its new version, race for it.
  'who waited first for a lock gets it first (ST-19)': {
    async run(session) {
      const [n1, n2, n3] = ['n1', 'n2', 'n3'].map((name) => session.node(name))
      const connection = await begun(n1!)
      await connection.query(setStock, [2, 1])
      const first = sellUnits(n2!.repo, 2, 1, 'n2')
      await begins(session, first)
      const second = sellUnits(n3!.repo, 2, 1, 'n3')
      await begins(session, second)
      await connection.query('commit')
      connection.release()
      return { n2: await first, n3: await second }
    },
    returns: { n2: 1, n3: 0 },
  },
  'of two that wait for each other, who began to wait first is told (CT-57)': {
    async run(session) {
      const [n1, n2] = [await begun(session.node('n1')), await begun(session.node('n2'))]
      await n1.query(setStock, [1, 2])
      await n2.query(setStock, [2, 0])
      const first = await noted(session, 'n1', n1.query(setStock, [2, 1]))
      const second = await noted(session, 'n2', n2.query(setStock, [1, 1]))
      await Promise.all([first.over, second.over])
      await Promise.all([n1.query('rollback'), n2.query('commit')])
      for (const one of [n1, n2]) one.release()
    },
  },
  'who waits too long for a lock is told by the database': {
    async run(session) {
      const [n1, n2] = [session.node('n1'), session.node('n2', { statement_timeout: 400 })]
      const connection = await begun(n1)
      await connection.query(setStock, [1, 2])
      const failed = await ended(n2.query(takeOne, [1]))
      await connection.query('commit')
      connection.release()
      await n2.query(takeOne, [1])
      return failed
    },
    returns: { code: '57014', message: 'canceling statement due to statement timeout' },
  },
  'what the client gives up is done all the same': {
    async run(session) {
      const [n1, n2] = [session.node('n1'), session.node('n2', { query_timeout: 400 })]
      const connection = await begun(n1)
      await connection.query(setStock, [1, 2])
      const failed = await ended(n2.query(takeOne, [1]))
      await connection.query('commit')
      connection.release()
      await session.sleep(aWhileMs)
      return [failed, await n1.query(readStock, [1])].flat()
    },
    returns: [{ message: 'Query read timeout' }, { available_count: 1 }],
  },
  'a transaction whose client goes is taken back, and others get its locks': {
    async run(session) {
      const [n1, n2] = [session.node('n1'), session.node('n2')]
      const connection = await begun(n1)
      await connection.query(setStock, [1, 0])
      const other = await noted(session, 'n2', sellUnits(n2.repo, 1, 1, 'n2'))
      session.note('n1 goes')
      connection.release(new Error('broken'))
      await other.over
    },
  },
  'a pool has so many connections and no more, and they are waited for': {
    async run(session) {
      const n1 = session.node('n1', { max: 2, connectionTimeoutMillis: 400 })
      const connections = [await n1.connect(), await n1.connect()]
      const tooLate = await ended(n1.query('select 1'))
      const inTime = n1.query('select 1').then(() => session.note('the third is done'))
      await session.sleep(aWhileMs)
      session.note('one is given back')
      for (const one of connections) one.release()
      await inTime
      return tooLate
    },
    returns: { message: 'timeout exceeded when trying to connect' },
  },
  'a pool that was ended takes nobody': {
    async run({ node }) {
      const n1 = node('n1')
      await n1.query('select 1')
      await n1.end()
      return ended(n1.query('select 1'))
    },
    returns: { message: 'Cannot use a pool after calling end on the pool' },
  },
  'a kill takes back what was not committed and keeps what was (FI-6)': {
    async run(session) {
      const n1 = session.node('n1')
      await sellUnits(n1.repo, 1, 1, 'n1')
      const connection = await begun(n1)
      await connection.query(setStock, [1, 0])
      await session.kill()
      await session.sleep(aWhileMs)
      const lost = await ended(connection.query('commit'))
      connection.release(new Error('broken'))
      const down = await ended(n1.query('select 1'))
      await session.start()
      return [lost, down, await n1.query(readStock, [1])].flat()
    },
    returns: [
      { message: 'Client has encountered a connection error and is not queryable' },
      { message: 'connect ECONNREFUSED' },
      { available_count: 2 },
    ],
  },
  'a kill ends who waits for a lock, with nothing done (FI-6)': {
    async run(session) {
      const [n1, n2] = [session.node('n1'), session.node('n2')]
      const connection = await begun(n1)
      await connection.query(setStock, [1, 2])
      const sale = ended(sellUnits(n2.repo, 1, 1, 'n2'))
      await session.sleep(aWhileMs)
      await session.kill()
      const failed = await sale
      connection.release(new Error('broken'))
      await session.start()
      return [failed, await sellUnits(n2.repo, 1, 1, 'n2')]
    },
    returns: [{ message: 'Connection terminated unexpectedly' }, 1],
  },
  'a pause keeps who is new outside, and what was sent is done after it (FI-6)': {
    async run(session) {
      const n1 = session.node('n1', { query_timeout: 400 })
      const n2 = session.node('n2', { connectionTimeoutMillis: 400 })
      await n1.query('select 1')
      await session.pause()
      const sent = await ended(n1.query(takeOne, [1]))
      const outside = await ended(n2.query('select 1'))
      await session.resume()
      await session.sleep(aWhileMs)
      return [sent, outside, await n2.query(readStock, [1])].flat()
    },
    returns: [
      { message: 'Query read timeout' },
      { message: 'Connection terminated due to connection timeout' },
      { available_count: 2 },
    ],
  },
  'read-only: reads go on, every write is refused by its name (FI-6)': {
    async run(session) {
      const n1 = session.node('n1')
      const open = await begun(session.node('n2'))
      await open.query(readStock, [1])
      await session.setReadOnly(true)
      const n3 = session.node('n3')
      const refused = [
        await ended(n3.query(setStock, [1, 2])),
        await ended(sellUnits(n3.repo, 1, 1, 'n3')),
        await ended(n3.query(insertOrder, ['ann', 'k', 'n3'])),
        await ended(writeReleased(n3.repo, 2)),
        await ended(n3.query(witnessWrite)),
      ]
      await n3.query(readStock, [1])
      await open.query(takeOne, [1])
      await open.query('commit')
      open.release()
      await session.setReadOnly(false)
      await n1.query(witnessWrite)
      return refused.map((one) => 'code' in one && one.code)
    },
    returns: ['25006', '25006', '25006', '25006', '25006'],
  },
  'full: who is inside is put out, and nobody gets in (FI-6)': {
    async run(session) {
      const n1 = session.node('n1')
      await n1.query('select 1')
      await session.setFull(true)
      await session.sleep(aWhileMs)
      const outside = await ended(n1.query('select 1'))
      await session.setFull(false)
      await session.sleep(aWhileMs)
      return [outside, await n1.query(readStock, [1])].flat()
    },
    returns: [{ code: '53300', message: 'sorry, too many clients already' }, { available_count: 3 }],
  },
}

let real: Side
let simulated: Side
beforeAll(async () => {
  real = await realSide()
  simulated = simulatedSide()
})
afterAll(() => real.close())

const sent = new Set<string>()
const note = ({ trace }: Shown) => {
  for (const line of Object.values(trace).flat()) sent.add((line as { sql: string }).sql)
}

describe('the database, real and simulated', () => {
  it.each(Object.entries(cases))('%s', async (_name, { run, ...expected }) => {
    const shown = await real.show(run)
    note(shown)
    if ('returns' in expected) expect(shown.result).toEqual(expected.returns)
    expect(await simulated.show(run)).toEqual(shown)
  })

  it('has a case for each statement that the simulated one was taught', () => {
    const unused = taughtStatements.filter((begins) => ![...sent].some((sql) => sql.startsWith(begins)))
    expect(unused).toEqual([])
  })
})
