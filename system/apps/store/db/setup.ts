/** `node system/apps/store/db/setup.ts [--seed N]`: sets up the database of DATABASE_URL. Exits with 64 and a sentence when it cannot. */
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { seededRandom, systemRandom } from '../../../platform/random.ts'
import { setUpDatabase } from './set-up-database.ts'

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(64)
}

const { values } = parseArgs({ options: { seed: { type: 'string' } } })
const seed = values.seed === undefined ? undefined : Number(values.seed)
if (seed !== undefined && !Number.isInteger(seed)) fail(`--seed is "${values.seed}": expected a whole number`)
if (!process.env.DATABASE_URL) fail('DATABASE_URL is missing: expected postgres://user:password@host:port/name')
const client = new Client({ connectionString: process.env.DATABASE_URL })
await setUpDatabase(client, seed === undefined ? systemRandom() : seededRandom(seed)).catch((error: Error) =>
  fail(`cannot set up the database: ${error.message}`),
)
