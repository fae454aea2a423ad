import { readdirSync, readFileSync } from 'node:fs'
import type { Client } from 'pg'
import type { Random } from '../../../platform/random.ts'
import { seedItems, seedProducts } from './seeds.ts'

const folder = new URL('./migrations/', import.meta.url)

/** Empties a database, migrates and seeds it (ST-48), and closes the connection. Rejects with what the database says. */
export async function setUpDatabase(client: Pick<Client, 'connect' | 'query' | 'end'>, random: Random) {
  try {
    await client.connect()
    await setUp(client, random)
  } finally {
    await client.end().catch(() => {})
  }
}

async function setUp(client: Pick<Client, 'query'>, random: Random) {
  await client.query('drop schema public cascade; create schema public')
  for (const file of readdirSync(folder).sort()) await client.query(readFileSync(new URL(file, folder), 'utf8'))
  for (const { id, sku, position, brand, name, color, priceUsd, mainImageUrl } of seedProducts)
    await client.query('insert into products values ($1, $2, $3, $4, $5, $6, $7, $8, false)', [
      id,
      sku,
      position,
      brand,
      name,
      color,
      priceUsd,
      mainImageUrl,
    ])
  for (const { id, productId, sku, size, availableCount } of seedItems(random)) {
    await client.query('insert into items values ($1, $2, $3, $4)', [id, productId, sku, size])
    await client.query('insert into item_availability values ($1, $2, $2)', [id, availableCount])
  }
}
