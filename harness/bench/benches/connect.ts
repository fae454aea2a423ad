import { systemClock as clock } from '../../platform/clock.ts'
import { until } from '../../platform/until.ts'
import { figureOf } from '../../stats/figures.ts'
import type { Bench, Reading } from '../bench.ts'
import { openLoad } from '../client.ts'
import { type Kind, startKind, wireOf } from '../contest.ts'
import type { Usage } from '../measure.ts'
import type { BenchServer } from '../server.ts'

const kinds = ['squall', 'socket.io'] as const
const clients = 5_000
const emptyWithinMs = 60_000
/** A storm takes less than a second and varies by about 10 %, so the median needs many of them to be stable. */
const stormsPerRound = 3
/** At a ratio far below this, a network failure that empties a room would keep the node from all other work. */
const leavingBounds = { goal: 1, gate: 0.5 }

/** All clients connect, then all disconnect. */
interface Storm {
  seconds: number
  cpuSeconds: number
  leavingCpuSeconds: number
}

/** Connects all clients to a fresh server, upgrade and join, and then breaks all connections at once. */
async function storm(kind: Kind): Promise<Storm> {
  const server = await startKind(kind)
  try {
    const empty = await server.usage()
    const startedMs = clock.monotonicMs()
    const load = await openLoad(server.port, wireOf(kind), clients)
    const seconds = (clock.monotonicMs() - startedMs) / 1_000
    const full = await server.usage()
    load.close()
    const left = await emptied(server)
    return { seconds, cpuSeconds: cpuSeconds(empty, full), leavingCpuSeconds: cpuSeconds(full, left) }
  } finally {
    await server.stop()
  }
}

const cpuSeconds = (before: Usage, after: Usage) => (after.cpuUs - before.cpuUs) / 1e6

async function emptied(server: BenchServer): Promise<Usage> {
  const look = async () => {
    const usage = await server.usage()
    return usage.connections === 0 ? usage : undefined
  }
  return until(look, { what: 'a server without connections', withinMs: emptyWithinMs })
}

/** How fast a node accepts clients, as after a deploy, and cleans up after them, as after a network failure. */
export const connect: Bench = {
  summary: `${clients} clients connect and join at once, and leave at once`,
  async run({ rounds, say, goOn }) {
    const storms: Record<(typeof kinds)[number], Storm[]> = { squall: [], 'socket.io': [] }
    for (let nth = 0; nth < rounds * stormsPerRound; nth += 1) {
      goOn()
      if (nth % stormsPerRound === 0)
        say(`round ${nth / stormsPerRound + 1} of ${rounds}: ${clients} clients to squall, to socket.io`)
      for (const kind of nth % 2 === 0 ? kinds : kinds.toReversed()) storms[kind].push(await storm(kind))
    }
    const ratio = (of: (one: Storm) => number) =>
      figureOf(storms.squall.map((ours, nth) => of(storms['socket.io'][nth]!) / of(ours)))
    const seconds = figureOf(storms.squall.map((one) => one.seconds))
    return {
      readings: [
        ...ratesOf('squall', 'joins', storms.squall),
        ...ratesOf('socket.io', 'connects', storms['socket.io']),
      ],
      demands: [
        { what: `time for ${clients}`, unit: 's', atMost: true, goal: 2.5, gate: 4, ...seconds },
        { what: 'rate against socket.io', unit: 'times', goal: 2, gate: 1.5, ...ratio((one) => one.cpuSeconds) },
        {
          what: 'leaving against socket.io',
          unit: 'times',
          ...leavingBounds,
          ...ratio((one) => one.leavingCpuSeconds),
        },
      ],
    }
  },
}

function ratesOf(kind: string, unit: string, storms: readonly Storm[]): Reading[] {
  const rate = (of: (one: Storm) => number) => figureOf(storms.map((one) => clients / of(one)))
  return [
    { what: `${kind}, by its processor`, unit: `${unit}/cpu-s`, ...rate((one) => one.cpuSeconds) },
    { what: `${kind}, by the clock`, unit: `${unit}/s`, ...rate((one) => one.seconds) },
    { what: `${kind}, leaving, by its processor`, unit: 'leaves/cpu-s', ...rate((one) => one.leavingCpuSeconds) },
  ]
}
