import { exactly, isBetween } from '../finding.ts'
import { defineLab } from '../lab.ts'
import { startPipeline } from '../pipeline-node.ts'

interface Killed {
  /** Different items that came, and all that came. */
  came: number
  deliveries: number
  /** Pushed after the kill, and came. */
  later: number
  /** Items that the node itself says were lost. */
  counted: number
}

export interface Loss {
  memory: Killed
  durable: Killed
}

const workMs = 20
const count = 200
const more = 20
const killedAt = 40
/** What the consumer has asked for, by default. */
const demandMax = 10

const lost = ({ came }: Killed) => count - came

export const loss = defineLab<Loss>({
  name: 'pipeline/loss',
  title: '200 items, and a kill of the producer while most of them wait: in memory, and in PostgreSQL',
  scaled: `There are ${count} items instead of 10,000, of ${workMs} ms each.`,
  predictions: [
    {
      says: 'in memory, what waited is lost: most of 200',
      inText: 'buffer 10 000',
      judge: ({ memory }) => exactly(lost(memory) > count / 3, `${lost(memory)} of ${count} never came`),
    },
    {
      says: 'and the node says so: it counts what waited, and no more than ten are missing that the consumer had already',
      judge: ({ memory }) =>
        exactly(
          isBetween(lost(memory) - memory.counted, 0, demandMax),
          `it counted ${memory.counted} of ${lost(memory)}`,
        ),
    },
    {
      says: 'but nothing comes twice, and what is pushed later arrives',
      judge: ({ memory: { came, deliveries, later } }) =>
        exactly(
          deliveries === came && later === more,
          `${deliveries - came} came twice, ${later} of ${more} later ones came`,
        ),
    },
    {
      says: 'in PostgreSQL, nothing is lost',
      judge: ({ durable }) => exactly(lost(durable) === 0, `${lost(durable)} of ${count} never came`),
    },
    {
      says: 'and what is pushed later arrives there too',
      judge: ({ durable: { later } }) => exactly(later === more, `${later} of ${more} came`),
    },
  ],
  async run(tools) {
    async function killWith(producer: 'memory' | 'durable'): Promise<Killed> {
      const node = await startPipeline(tools, { CONSUMER: 'consumer', WORK_MS: workMs, PRODUCER: producer })
      const listener = await node.listen(1)
      tools.say(`200 items, a kill of the producer, 20 more; ${producer}`)
      await node.push({ userId: 1, count })
      await listener.has(killedAt, 20_000)
      await node.kill('Pipeline.Producer')
      await node.push({ userId: 1, count: more, first: count + 1 })
      const laterCount = () => listener.deliveries().filter(({ n }) => n > count).length
      // They are the last in the queue: when they have come, whatever comes has come.
      await tools.until(() => laterCount() >= more, { what: 'the later items came', withinMs: 30_000, everyMs: 50 })
      listener.close()
      const { lost: counted } = await node.counts()
      await node.stop()
      const numbers = listener.deliveries().map(({ n }) => n)
      const early = numbers.filter((n) => n <= count)
      return { came: new Set(early).size, deliveries: early.length, later: laterCount(), counted }
    }
    return { memory: await killWith('memory'), durable: await killWith('durable') }
  },
  figures: ({ memory, durable }) => [
    { what: 'came of 200, memory and durable', value: `${memory.came}, ${durable.came}` },
    {
      what: 'came twice, memory and durable',
      value: `${memory.deliveries - memory.came}, ${durable.deliveries - durable.came}`,
    },
  ],
  charts: () => [],
})
