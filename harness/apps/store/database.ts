import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client } from 'pg'
import type { Seed } from '../../cluster/app.ts'
import { patiently, type Queried } from '../../cluster/services/sql.ts'
import type { Catalogue, FinalOrder, FinalStock } from './checkers/stock.ts'

/** Changes to the store's data that a scenario can request. */
export interface StoreGiven {
  /** Item id -> count, before the nodes start. */
  stock?: Record<number, number>
}

const setupScript = fileURLToPath(new URL('../../../system/apps/store/db/setup.ts', import.meta.url))

/**
 * Names that a page must escape, an order of the products that is not the order of their ids, and counts on both sides of each border
 * between two stock levels: whatever a scenario is about, its pages show them.
 */
const awkwardData = `
  update products set brand = 'Squall & Co', name = 'Gale Runner <light>', position = 2 where id = 1;
  update products set name = 'Doldrum''s "Low"', position = 1 where id = 2;
  update items set size = '10½' where id = 12;
  update item_availability a set initial_count = b.count, available_count = b.count
    from (values (5, 149), (6, 150), (7, 499), (10, 500), (11, 1), (13, 0)) as b (item_id, count)
   where a.item_id = b.item_id`

/** Creates tables and seed data with the code of the system itself, and makes the data awkward. */
export async function setUpStore(url: string, seed: number) {
  const flags = [setupScript, '--seed', String(seed)]
  await promisify(execFile)(process.execPath, flags, { env: { ...process.env, DATABASE_URL: url } })
  const client = new Client({ connectionString: url })
  try {
    await client.connect()
    await client.query(awkwardData)
  } finally {
    await client.end()
  }
}

const setStockSql = 'update item_availability set initial_count = $2, available_count = $2 where item_id = $1'

export const seedsOf = ({ stock = {} }: StoreGiven): Seed[] =>
  Object.keys(stock).length === 0
    ? []
    : [{ what: 'a stock of its own', apply: (database) => setStock(patiently(database), stock) }]

async function setStock(database: Queried, stock: Record<number, number>) {
  for (const [itemId, count] of Object.entries(stock)) await database.query(setStockSql, [itemId, count])
}

interface Row {
  product_id: number
  released: boolean
  item_id: number
  initial_count: number
  available_count: number
  sold_units: number
  version: number
  sale_count: number
}

const stockSql = `
  select i.product_id, p.released, i.id as item_id, a.initial_count, a.available_count,
         coalesce((select sum(units) from sales s where s.item_id = i.id), 0)::integer as sold_units,
         a.version::integer, (select count(*) from sales s where s.item_id = i.id)::integer as sale_count
    from items i
    join products p on p.id = i.product_id
    join item_availability a on a.item_id = i.id
   order by i.id`

/** Returns the stock in the database, with the sold units. Only this file knows the tables. */
export async function readStock(database: Queried): Promise<FinalStock> {
  const rows = await database.query<Row>(stockSql)
  const ids = [...new Set(rows.map(({ product_id }) => product_id))]
  return {
    products: ids.map((id) => {
      const own = rows.filter(({ product_id }) => product_id === id)
      const items = own.map((one) => ({
        id: one.item_id,
        initialCount: one.initial_count,
        availableCount: one.available_count,
        soldUnits: one.sold_units,
        version: one.version,
        saleCount: one.sale_count,
      }))
      return { id, released: own[0]!.released, items }
    }),
  }
}

interface CatalogueRow {
  id: number
  brand: string
  name: string
  color: string
  price_usd: number
  main_image_url: string
  released: boolean
  item_id: number
  sku: string
  size: string
  available_count: number
}

const catalogueSql = `
  select p.id, p.brand, p.name, p.color, p.price_usd, p.main_image_url, p.released,
         i.id as item_id, i.sku, i.size, a.available_count
    from products p
    join items i on i.product_id = p.id
    join item_availability a on a.item_id = i.id
   order by p.position, p.id, i.id`

/** Returns all that pages show of the products, in the order in which they show it. */
export async function readCatalogue(database: Queried): Promise<Catalogue> {
  const rows = await database.query<CatalogueRow>(catalogueSql)
  const products = [...Map.groupBy(rows, ({ id }) => id).values()].map((own) => {
    const { id, brand, name, color, price_usd, main_image_url, released } = own[0]!
    const items = own.map((one) => ({
      id: one.item_id,
      sku: one.sku,
      size: one.size,
      availableCount: one.available_count,
    }))
    return { id, brand, name, color, priceUsd: price_usd, imageUrl: main_image_url, released, items }
  })
  return { products }
}

/** Joined once: there may be thousands. */
const ordersSql = `
  select o.id::integer, o.shopper, o.key, o.total_usd, o.items,
         coalesce(array_agg(s.item_id order by s.item_id) filter (where s.item_id is not null), '{}') as sold_item_ids,
         coalesce(sum(p.price_usd), 0)::integer as sold_usd
    from orders o
    left join sales s on s.order_id = o.id
    left join items i on i.id = s.item_id
    left join products p on p.id = i.product_id
   group by o.id
   order by o.id`

interface OrderRow {
  id: number
  shopper: string
  key: string
  total_usd: number
  items: { itemId: number; priceUsd: number }[]
  sold_item_ids: number[]
  sold_usd: number
}

/** Returns every order with the units that were sold for it. */
export async function readOrders(database: Queried): Promise<FinalOrder[]> {
  const rows = await database.query<OrderRow>(ordersSql)
  return rows.map(({ id, shopper, key, total_usd, items, sold_item_ids, sold_usd }) => ({
    id,
    shopper,
    key,
    totalUsd: total_usd,
    itemIds: items.map(({ itemId }) => itemId),
    lines: items,
    soldItemIds: sold_item_ids,
    soldUsd: sold_usd,
  }))
}
