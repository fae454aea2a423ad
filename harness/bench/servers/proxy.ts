import { seededRandom } from '../../platform/random.ts'
import { startLinkServer } from '../../toxiproxy/index.ts'

/** The embedded proxy alone. */
const { apiUrl } = await startLinkServer({ random: seededRandom(1).next })
process.stdout.write(`${JSON.stringify({ port: Number(new URL(apiUrl).port) })}\n`)
