import { systemClock as clock } from '../../platform/clock.ts'
import type { Bench } from '../bench.ts'
import { openLoad } from '../client.ts'
import { type Kind, startKind, wireOf } from '../contest.ts'
import { figureOf } from '../figures.ts'

const clients = 5_000

interface Arrival {
  seconds: number
  cpuSeconds: number
}

/** Connects everybody to a fresh server: upgrade and join. */
async function connectAll(kind: Kind): Promise<Arrival> {
  const server = await startKind(kind)
  try {
    const before = await server.usage()
    const startedMs = clock.monotonicMs()
    const load = await openLoad(server.port, wireOf(kind), clients)
    const seconds = (clock.monotonicMs() - startedMs) / 1_000
    const after = await server.usage()
    load.close()
    return { seconds, cpuSeconds: (after.cpuUs - before.cpuUs) / 1e6 }
  } finally {
    await server.stop()
  }
}

/** How fast a node takes clients, as after a deploy. */
export const connect: Bench = {
  summary: `${clients} clients connect and join at once`,
  async run({ rounds, say, goOn }) {
    const arrivals: Record<'squall' | 'socket.io', Arrival[]> = { squall: [], 'socket.io': [] }
    for (let round = 0; round < rounds; round += 1) {
      goOn()
      say(`round ${round + 1} of ${rounds}: ${clients} clients to squall, to socket.io`)
      for (const kind of ['squall', 'socket.io'] as const) arrivals[kind].push(await connectAll(kind))
    }
    const byClock = (kind: 'squall' | 'socket.io') => figureOf(arrivals[kind].map(({ seconds }) => clients / seconds))
    const byProcessor = (kind: 'squall' | 'socket.io') =>
      figureOf(arrivals[kind].map(({ cpuSeconds }) => clients / cpuSeconds))
    const ratios = arrivals.squall.map((ours, round) => arrivals['socket.io'][round]!.cpuSeconds / ours.cpuSeconds)
    const seconds = figureOf(arrivals.squall.map((one) => one.seconds))
    return {
      readings: [
        { what: 'squall, by its processor', unit: 'joins/cpu-s', ...byProcessor('squall') },
        { what: 'squall, by the clock', unit: 'joins/s', ...byClock('squall') },
        { what: 'socket.io, by its processor', unit: 'connects/cpu-s', ...byProcessor('socket.io') },
        { what: 'socket.io, by the clock', unit: 'connects/s', ...byClock('socket.io') },
      ],
      demands: [
        { what: `time for ${clients}`, unit: 's', atMost: true, goal: 2.5, gate: 4, ...seconds },
        { what: 'rate against socket.io', unit: 'times', goal: 2, gate: 1.5, ...figureOf(ratios) },
      ],
    }
  },
}
