import { systemClock as clock } from '../../platform/clock.ts'
import type { Bench } from '../bench.ts'
import { openLoad } from '../client.ts'
import { type Kind, startKind, wireOf } from '../contest.ts'
import { figureOf } from '../figures.ts'

const clients = 5_000

/** Connects everybody to a fresh server: upgrade and join. */
async function connectAll(kind: Kind): Promise<number> {
  const server = await startKind(kind)
  try {
    const startedMs = clock.monotonicMs()
    const load = await openLoad(server.port, wireOf(kind), clients)
    const seconds = (clock.monotonicMs() - startedMs) / 1_000
    load.close()
    return seconds
  } finally {
    await server.stop()
  }
}

/** How fast a node takes clients, as after a deploy. */
export const connect: Bench = {
  summary: `${clients} clients connect and join at once`,
  async run({ rounds, say, goOn }) {
    const seconds: Record<'squall' | 'socket.io', number[]> = { squall: [], 'socket.io': [] }
    for (let round = 0; round < rounds; round += 1) {
      goOn()
      say(`round ${round + 1} of ${rounds}: ${clients} clients to squall, to socket.io`)
      for (const kind of ['squall', 'socket.io'] as const) seconds[kind].push(await connectAll(kind))
    }
    const rates = (kind: 'squall' | 'socket.io') => figureOf(seconds[kind].map((taken) => clients / taken))
    const ratios = seconds.squall.map((ours, round) => seconds['socket.io'][round]! / ours)
    return {
      readings: [
        { what: 'squall', unit: 'joins/s', ...rates('squall') },
        { what: 'socket.io', unit: 'connects/s', ...rates('socket.io') },
      ],
      demands: [
        { what: `time for ${clients}`, unit: 's', atMost: true, goal: 2.5, gate: 4, ...figureOf(seconds.squall) },
        { what: 'rate against socket.io', unit: 'times', goal: 2, gate: 1.5, ...figureOf(ratios) },
      ],
    }
  },
}
