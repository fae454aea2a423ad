import { sendRequests } from '../../clients/request-load.ts'
import type { ClusterNode } from '../../cluster/node.ts'
import { exactly, inMostRounds } from '../finding.ts'
import { defineLab, type LabTools } from '../lab.ts'
import { type LoadSummary, summaryOf } from '../load-summary.ts'

export interface BigPageRuns {
  rounds: readonly LoadSummary[]
  bytes: number
  cacheControl: string
  /** Whether the page shows a release at the first look after it. */
  isFresh: boolean
}

const roundCount = 5
const count = 1_000
const concurrency = 20

export const bigPage = defineLab<BigPageRuns>({
  name: 'talk/big-page',
  title: 'the catalogue page under load, rendered for each request: no cache of pages, actions or fragments',
  scaled: `${roundCount} rounds of ${count} requests, ${concurrency} at once, instead of a day of a shop; two products instead of a catalogue.`,
  predictions: [
    {
      says: 'every request is answered with the page',
      judge: ({ rounds }) =>
        exactly(
          rounds.every(({ ok }) => ok === count),
          `${rounds.map(({ ok }) => ok).join(', ')} of ${count}`,
        ),
    },
    {
      says: 'quickly: half of the answers take less than 100 ms',
      judge: ({ rounds }) =>
        inMostRounds(
          rounds.map(({ percentilesMs }) => percentilesMs.p50 < 100),
          rounds.map(({ percentilesMs }) => `${percentilesMs.p50.toFixed(1)} ms`).join(', '),
        ),
    },
    {
      says: 'nobody on the way may keep the page',
      judge: ({ cacheControl }) => exactly(cacheControl.includes('no-store'), cacheControl),
    },
    {
      says: 'and a release shows on the next page that is rendered',
      judge: ({ isFresh }) => exactly(isFresh, isFresh ? 'it did' : 'it did not'),
    },
  ],
  async run(tools) {
    const node = await tools.node({ APPS: 'store' })
    const rounds: LoadSummary[] = []
    for (let round = 1; round <= roundCount; round += 1) {
      tools.say(`round ${round} of ${roundCount}`)
      rounds.push(summaryOf(await sendRequests({ url: `${node.directUrl}/`, count, concurrency, goOn: tools.goOn })))
    }
    const page = await fetch(`${node.directUrl}/`)
    const html = await page.text()
    const isFresh = await showsRelease(node, html, tools)
    await node.kill()
    return { rounds, bytes: html.length, cacheControl: page.headers.get('cache-control') ?? 'none', isFresh }
  },
  figures: ({ rounds, bytes }) => [
    { what: 'requests per second', value: rounds.map(({ perSecond }) => Math.round(perSecond)).join(', ') },
    ...(['p50', 'p95', 'p99', 'max'] as const).map((name) => ({
      what: `time per request, ${name}`,
      value: rounds.map(({ percentilesMs }) => `${percentilesMs[name].toFixed(1)} ms`).join(', '),
    })),
    { what: 'bytes of the page', value: String(bytes) },
  ],
  charts: ({ rounds }) => [
    {
      title: 'Time of the page',
      x: 'round',
      y: 'ms',
      marks: 'dots',
      series: (['p50', 'p95', 'p99'] as const).map((name) => ({
        name,
        points: rounds.map(({ percentilesMs }, index) => [index + 1, percentilesMs[name]] as const),
      })),
    },
  ],
})

/** Releases a product, and looks at one page after the node has said that it did. */
async function showsRelease({ directUrl, control }: ClusterNode, before: string, { goOn }: LabTools) {
  goOn()
  await control.post('/release', { productId: 1 })
  return (await (await fetch(`${directUrl}/`)).text()) !== before
}
