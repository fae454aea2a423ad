import { exactly } from '../finding.ts'
import { defineLab } from '../lab.ts'
import { startPipeline } from '../pipeline-node.ts'

export interface Batches {
  /** Sizes, in order. */
  sizes: readonly number[]
  /** Numbers of the items, in the order in which they came. */
  numbers: readonly number[]
  dropped: number
}

const workMs = 20
const count = 53
const single = 10
const batch = 5

/** What the first ten and the batches of five leave: four, or three after one more. */
const lastOnes = ['4', '1,3']

export const batches = defineLab<Batches>({
  name: 'pipeline/batches',
  title: 'one item, then 53, for a consumer with a max demand of 10 and a min demand of 5',
  scaled: `An item takes ${workMs} ms instead of 1 s.`,
  predictions: [
    {
      says: 'the first ten come one by one: the consumer has asked for ten before there was any',
      inText: '10 singles',
      judge: ({ sizes }) => {
        const first = sizes.slice(0, single)
        return exactly(first.length === single && first.every((size) => size === 1), `sizes ${first.join(', ')}`)
      },
    },
    {
      says: 'then eight batches of five: it asks again for five whenever five are done',
      inText: '8 x 5',
      judge: ({ sizes }) => {
        const next = sizes.slice(single, single + 8)
        return exactly(next.length === 8 && next.every((size) => size === batch), `sizes ${next.join(', ')}`)
      },
    },
    {
      says: 'then what is left: four, or one and three',
      inText: '4 or 1 + 3',
      judge: ({ sizes }) => {
        const last = sizes.slice(single + 8).join()
        return exactly(lastOnes.includes(last), `sizes ${last || 'none'}`)
      },
    },
    {
      says: 'all 53 arrive, in the order of the pushes',
      judge: ({ numbers }) => {
        const isInOrder = numbers.every((n, index) => n === index + 1)
        return exactly(
          numbers.length === count && isInOrder,
          `${numbers.length} came, ${isInOrder ? 'in order' : 'not in order'}`,
        )
      },
    },
    {
      says: 'the first one, {}, is for nobody: it is dropped and holds up no other',
      inText: '{}',
      judge: ({ dropped }) => exactly(dropped === 1, `${dropped} dropped`),
    },
  ],
  async run(tools) {
    const node = await startPipeline(tools, {
      CONSUMER: 'consumer',
      WORK_MS: workMs,
      MAX_DEMAND: single,
      MIN_DEMAND: batch,
    })
    const listener = await node.listen(1)
    tools.say('{}, and items 1 to 53')
    await node.pushOne({})
    await node.push({ userId: 1, count })
    await listener.has(count, 20_000)
    listener.close()
    const { dropped } = await node.counts()
    return { sizes: node.batches(), numbers: listener.deliveries().map(({ n }) => n), dropped }
  },
  figures: ({ sizes }) => [{ what: 'sizes of all batches', value: sizes.join(', ') }],
  charts: ({ sizes }) => [
    {
      title: 'Sizes of batches',
      x: 'batch',
      y: 'items',
      marks: 'dots',
      series: [{ name: 'max 10, min 5', points: sizes.map((size, index) => [index + 1, size] as const) }],
    },
  ],
})
