import { EnvironmentMissing } from '../../platform/errors.ts'
import { figureOf } from '../../stats/figures.ts'
import type { Bench, Demand, Reading } from '../bench.ts'
import { type LinkFigures, openEnds, type Way } from '../link-traffic.ts'
import { startServer } from '../server.ts'
import { startToxiproxy } from '../toxiproxy-server.ts'

const names = ['direct', 'embedded', 'real'] as const
type Taken = Record<(typeof names)[number], LinkFigures[]>

interface ProxyServer {
  port: number
  stop(): Promise<void>
}

/** The overhead of a link without toxics. */
export const proxy: Bench = {
  summary: 'round trip and throughput of 200 connections through the embedded proxy and a real Toxiproxy',
  async run({ rounds, say, goOn }) {
    const ends = await openEnds()
    const embedded = await startServer('./servers/proxy.ts')
    const real = await startReal(say)
    const taken: Taken = { direct: [], embedded: [], real: [] }
    try {
      const ways = { direct: ends.direct, ...(await waysOf({ embedded, real }, ends.direct)) }
      for (let round = -1; round < rounds; round += 1) {
        say(`round ${round + 1} of ${rounds}`)
        for (const [name, way] of Object.entries(ways) as [keyof Taken, Way][]) {
          goOn()
          const figures = await ends.measure(way)
          // The first round is a warm-up.
          if (round >= 0) taken[name].push(figures)
        }
      }
    } finally {
      await Promise.all([embedded.stop(), real?.stop()])
      ends.close()
    }
    return { readings: readingsOf(taken), demands: real ? demandsOf(taken) : [] }
  },
}

async function startReal(say: (sentence: string) => void): Promise<ProxyServer | undefined> {
  try {
    return await startToxiproxy(process.env)
  } catch (error) {
    if (!(error instanceof EnvironmentMissing)) throw error
    say(`the comparison with Toxiproxy is skipped, because ${error.message}`)
    return undefined
  }
}

async function waysOf(servers: Record<string, ProxyServer | undefined>, ends: Way): Promise<Record<string, Way>> {
  const started = Object.entries(servers).filter((entry): entry is [string, ProxyServer] => entry[1] !== undefined)
  const ways = started.map(async ([name, { port }]) => {
    const [echo, sink] = [await linkTo(port, 'echo', ends.echo), await linkTo(port, 'sink', ends.sink)]
    return [name, { echo, sink }] as const
  })
  return Object.fromEntries(await Promise.all(ways))
}

/** Returns the port of a new link. */
async function linkTo(apiPort: number, name: string, port: number): Promise<number> {
  const body = JSON.stringify({ name, listen: '127.0.0.1:0', upstream: `127.0.0.1:${port}` })
  const response = await fetch(`http://127.0.0.1:${apiPort}/proxies`, { method: 'POST', body })
  const { listen } = (await response.json()) as { listen: string }
  return Number(listen.split(':').at(-1))
}

const readingsOf = (taken: Taken): Reading[] =>
  names
    .filter((name) => taken[name].length > 0)
    .flatMap((name) => [
      { what: `${name}: round trip`, unit: 'ms', ...figureOf(taken[name].map(({ roundTripMs }) => roundTripMs)) },
      { what: `${name}: throughput`, unit: 'MiB/s', ...figureOf(taken[name].map(({ mibPerSecond }) => mibPerSecond)) },
    ])

/** Alternates between the two in each round, so that disturbances of the machine affect both. */
function demandsOf({ direct, embedded, real }: Taken): Demand[] {
  const addedMs = (figures: LinkFigures[], round: number) => figures[round]!.roundTripMs - direct[round]!.roundTripMs
  const added = real.map((_, round) => addedMs(embedded, round) / addedMs(real, round))
  const throughput = real.map(({ mibPerSecond }, round) => embedded[round]!.mibPerSecond / mibPerSecond)
  const unit = 'of the real one'
  return [
    { what: 'added round trip', unit, ...figureOf(added), goal: 1, gate: 1.2, atMost: true },
    { what: 'throughput', unit, ...figureOf(throughput), goal: 1, gate: 0.9 },
  ]
}
