import { figureOf } from '../../stats/figures.ts'
import type { Bench, BenchOptions, Demand, Reading } from '../bench.ts'
import { openLoad } from '../client.ts'
import { joinOf, type OpenPages, openPages, type PagesOptions, startShop, wireOf } from '../live-server.ts'

const manyPages = 1_000
const somePages = 200
const [fewProducts, manyProducts] = [10, 100]
const warmPages = 500

const changesPerTurn = 6
const turns = 4
/** The engine compiles hot code meanwhile. */
const warmUpTurns = 3

type Side = 'channel' | '/drops' | '/drops/by-component' | '10 products' | '100 products'

/** Each on a server of its own: a change reaches everybody on a server. */
const sides: Readonly<Record<Side, PagesOptions>> = {
  channel: { path: undefined, products: 2, pageCount: manyPages },
  '/drops': { path: '/drops', products: 2, pageCount: manyPages },
  '/drops/by-component': { path: '/drops/by-component', products: 2, pageCount: manyPages },
  '10 products': { path: '/drops/by-component', products: fewProducts, pageCount: somePages },
  '100 products': { path: '/drops/by-component', products: manyProducts, pageCount: somePages },
}
const names = Object.keys(sides) as Side[]

/** By side: CPU time of each turn, and what a client is sent. */
type Costs = Record<Side, number[]>
type Bytes = Record<Side, Awaited<ReturnType<OpenPages['bytes']>>>

const bySide = <T>(make: (side: Side) => T) =>
  Object.fromEntries(names.map((side) => [side, make(side)])) as Record<Side, T>

/** The sides take turns, so that a disturbance of the machine affects all of them. */
async function measureChanges({ goOn }: BenchOptions): Promise<{ costs: Costs; bytes: Bytes }> {
  const open: [Side, OpenPages][] = []
  try {
    for (const side of names) open.push([side, await openPages(sides[side])])
    const costs = bySide<number[]>(() => [])
    for (let turn = -warmUpTurns; turn < turns; turn += 1)
      for (const [side, pages] of turn % 2 === 0 ? open : open.toReversed()) {
        goOn()
        const cpuUs = await pages.cpuUsPerPage(changesPerTurn)
        if (turn >= 0) costs[side].push(cpuUs)
      }
    const bytes = {} as Bytes
    for (const [side, pages] of open) bytes[side] = await pages.bytes()
    return { costs, bytes }
  } finally {
    for (const [, pages] of open) await pages.close()
  }
}

/** Resident memory of one open page and its connection, in KB. */
async function kiloBytesPerPage(path: string | undefined): Promise<number> {
  const server = await startShop(2)
  try {
    const join = await joinOf(server, path)
    // What the first pages load, compile and reserve is not part of the cost of a page.
    const warm = await openLoad(server.port, () => wireOf(join), warmPages)
    const before = await server.usage({ settled: true })
    const load = await openLoad(server.port, () => wireOf(join), manyPages)
    const after = await server.usage({ settled: true })
    load.close()
    warm.close()
    return (after.rssBytes - before.rssBytes) / 1_024 / manyPages
  } finally {
    await server.stop()
  }
}

/** How many times as much CPU time one change costs for each page, turn by turn. */
const costDemand = (
  what: string,
  ours: readonly number[],
  peers: readonly number[],
  bounds: { goal: number; gate: number },
): Demand => ({
  what,
  unit: 'times',
  atMost: true,
  ...bounds,
  ...figureOf(ours.map((cpuUs, turn) => cpuUs / peers[turn]!)),
})

const readingsOf = (costs: Costs, bytes: Bytes): Reading[] =>
  names.flatMap((side) => [
    { what: `${side}, one change`, unit: 'us of CPU/page', ...figureOf(costs[side]) },
    { what: `${side}, join`, unit: 'bytes', ...figureOf([bytes[side].joined]) },
    { what: `${side}, change`, unit: 'bytes', ...figureOf([bytes[side].changed]) },
  ])

/** What a change costs that every open page is told, and what an open page costs (LV-26). */
export const live: Bench = {
  summary: `a change told to ${manyPages} live pages, and the memory of each`,
  async run(options) {
    const { rounds, say, goOn } = options
    const costs = bySide<number[]>(() => [])
    const memory: Record<'page' | 'channel', number[]> = { page: [], channel: [] }
    let bytes = {} as Bytes
    for (let round = 0; round < rounds; round += 1) {
      say(`round ${round + 1} of ${rounds}: ${names.join(', ')}`)
      const measured = await measureChanges(options)
      bytes = measured.bytes
      for (const side of names) costs[side].push(...measured.costs[side])
      goOn()
      memory.page.push(await kiloBytesPerPage('/drops'))
      memory.channel.push(await kiloBytesPerPage(undefined))
    }
    const byteRatio = bytes['100 products'].changed / bytes['10 products'].changed
    return {
      readings: [...readingsOf(costs, bytes), { what: 'channel, one client', unit: 'KB', ...figureOf(memory.channel) }],
      demands: [
        costDemand('100 products against 10', costs['100 products'], costs['10 products'], { goal: 1.15, gate: 1.3 }),
        { what: 'the same, in bytes', unit: 'times', atMost: true, goal: 1.1, gate: 1.3, ...figureOf([byteRatio]) },
        costDemand(`/drops against channel @${manyPages}`, costs['/drops'], costs.channel, { goal: 8, gate: 12 }),
        { what: 'one open page', unit: 'KB', atMost: true, goal: 30, gate: 40, ...figureOf(memory.page) },
      ],
    }
  },
}
