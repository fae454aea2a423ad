import { readdirSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { seededRandom, systemRandom } from '../../../platform/random.ts'
import { seedItems, seedProducts } from './seeds.ts'

/** `node system/apps/store/db/setup.ts [--seed N]`: empties the database of DATABASE_URL, migrates and seeds it (ST-48). */
const folder = new URL('./migrations/', import.meta.url)

async function setUp(client: Client, seed: number | undefined) {
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
  const random = seed === undefined ? systemRandom() : seededRandom(seed)
  for (const { id, productId, sku, size, availableCount } of seedItems(random)) {
    await client.query('insert into items values ($1, $2, $3, $4)', [id, productId, sku, size])
    await client.query('insert into item_availability values ($1, $2, $2)', [id, availableCount])
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(64)
}

const { values } = parseArgs({ options: { seed: { type: 'string' } } })
const seed = values.seed === undefined ? undefined : Number(values.seed)
if (seed !== undefined && !Number.isInteger(seed)) fail(`--seed is "${values.seed}": expected a whole number`)
if (!process.env.DATABASE_URL) fail('DATABASE_URL is missing: expected postgres://user:password@host:port/name')
const client = new Client({ connectionString: process.env.DATABASE_URL })
try {
  await client.connect()
  await setUp(client, seed)
} catch (error) {
  fail(`cannot set up the database: ${(error as Error).message}`)
} finally {
  await client.end().catch(() => {})
}
