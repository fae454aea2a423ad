import { openPages } from '../../bench/live-server.ts'
import { exactly, isBetween } from '../finding.ts'
import { defineLab } from '../lab.ts'

/** Sizes in bytes: what a client gets when it joins, and when one level changes. */
export interface Sizes {
  products: number
  joined: number
  changed: number
}

export interface LiveBytes {
  /** A client of the product channel, as the page `/` is. */
  channel: readonly Sizes[]
  /** `/drops`, one template for all products. */
  simple: readonly Sizes[]
  /** `/drops/by-component`, a component for each product. */
  component: readonly Sizes[]
}

const productCounts = [2, 10, 100] as const
const most = productCounts.at(-1)!

const withMost = (sizes: readonly Sizes[]) => sizes.at(-1)!
const changes = (sizes: readonly Sizes[]) => sizes.map(({ changed }) => changed)
const perCount = (sizes: readonly Sizes[]) =>
  `${changes(sizes).join(', ')} bytes with ${productCounts.join(', ')} products`
/** The numbers of ids in a frame have more digits. */
const sameWithinBytes = 20
const isFlat = (sizes: readonly Sizes[]) => Math.max(...changes(sizes)) - Math.min(...changes(sizes)) <= sameWithinBytes

export const bytes = defineLab<LiveBytes>({
  name: 'live/bytes',
  title: 'bytes for one change of a stock level: a channel, a live page, and a live page of components',
  scaled: `Shops of ${productCounts.join(', ')} products instead of two, on a node without a database.`,
  predictions: [
    {
      says: 'the first payload of a live page is many times as large as what follows',
      inText: '"dramatically reduced"',
      judge({ component }) {
        const { joined, changed } = withMost(component)
        return exactly(joined > 20 * changed, `${joined} bytes, then ${changed}, with ${most} products`)
      },
    },
    {
      says: 'one change takes a few bytes with components, whatever the number of products',
      inText: 'components much less than simple',
      judge: ({ component }) => exactly(isFlat(component), perCount(component)),
    },
    {
      says: 'and with one template too, because entries of lists are keyed here; without keys all of them would be sent',
      judge: ({ simple }) => exactly(isFlat(simple), perCount(simple)),
    },
    {
      says: 'a component saves little of the rest: what its change says of where it is',
      judge({ simple, component }) {
        const [whole, part] = [withMost(simple).changed, withMost(component).changed]
        return exactly(isBetween(part / whole, 0.5, 1), `${part} instead of ${whole} bytes`)
      },
    },
    {
      says: 'a channel of one product is told of its own changes, whatever else is in the shop',
      judge: ({ channel }) => exactly(isFlat(channel), perCount(channel)),
    },
  ],
  async run({ say, goOn }) {
    async function sizesOf(path: string | undefined): Promise<Sizes[]> {
      const all: Sizes[] = []
      for (const products of productCounts) {
        goOn()
        say(`${path ?? 'the product channel'}, ${products} products`)
        const pages = await openPages({ path, products, pageCount: 1 })
        all.push({ products, ...(await pages.bytes().finally(() => pages.close())) })
      }
      return all
    }
    return {
      channel: await sizesOf(undefined),
      simple: await sizesOf('/drops'),
      component: await sizesOf('/drops/by-component'),
    }
  },
  figures: ({ channel, simple, component }) =>
    Object.entries({ channel, simple, component }).map(([name, sizes]) => ({
      what: `${name}: join, change`,
      value: sizes.map(({ products, joined, changed }) => `${products} products ${joined}, ${changed}`).join(' · '),
    })),
  charts: ({ channel, simple, component }) => [
    {
      title: 'Bytes for one change',
      x: 'products',
      y: 'bytes',
      marks: 'lines',
      series: Object.entries({ channel, simple, component }).map(([name, sizes]) => ({
        name,
        points: sizes.map(({ products, changed }) => [products, changed] as const),
      })),
    },
  ],
})
