import type { Repo } from '../db/repo.ts'
import type { Product } from './product.ts'

interface Row {
  id: number
  sku: string
  brand: string
  name: string
  color: string
  price_usd: number
  main_image_url: string
  released: boolean
  item_id: number
  item_sku: string
  size: string
  available_count: number
  /** A bigint, which the driver gives as text. */
  version: string
}

const completeProducts = `
  select p.id, p.sku, p.brand, p.name, p.color, p.price_usd, p.main_image_url, p.released,
         i.id as item_id, i.sku as item_sku, i.size, a.available_count, a.version
    from products p
    join items i on i.product_id = p.id
    join item_availability a on a.item_id = i.id
   order by p.position, p.id, i.id`

/** All products with their items, in one query and therefore one snapshot. */
export async function readCompleteProducts(repo: Repo): Promise<Product[]> {
  const products = new Map<number, Product>()
  for (const row of await repo.query<Row>(completeProducts)) {
    const product = products.get(row.id) ?? toProduct(row)
    products.set(row.id, product)
    product.items.push({
      id: row.item_id,
      productId: row.id,
      sku: row.item_sku,
      size: row.size,
      availableCount: row.available_count,
      version: Number(row.version),
    })
  }
  return [...products.values()]
}

const toProduct = ({ id, sku, brand, name, color, price_usd, main_image_url, released }: Row): Product => ({
  id,
  sku,
  brand,
  name,
  color,
  priceUsd: price_usd,
  mainImageUrl: main_image_url,
  released,
  items: [],
})

export interface Availability {
  availableCount: number
  version: number
}

export async function readAvailability(repo: Pick<Repo, 'query'>, itemId: number): Promise<Availability | undefined> {
  const [row] = await repo.query<{ available_count: number; version: string }>(
    'select available_count, version from item_availability where item_id = $1',
    [itemId],
  )
  return row && { availableCount: row.available_count, version: Number(row.version) }
}

/** Whether a product is released; undefined when there is no such product. */
export async function readReleased(repo: Repo, productId: number): Promise<boolean | undefined> {
  const [row] = await repo.query<{ released: boolean }>('select released from products where id = $1', [productId])
  return row?.released
}

/** Marks a product as released; returns whether there is such a product (ST-16 step 1). */
export async function writeReleased(repo: Repo, productId: number): Promise<boolean> {
  const rows = await repo.query('update products set released = true where id = $1 returning id', [productId])
  return rows.length === 1
}
