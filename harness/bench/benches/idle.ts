import { figureOf } from '../../stats/figures.ts'
import type { Bench } from '../bench.ts'
import { openLoad } from '../client.ts'
import { type Kind, startKind, wireOf } from '../contest.ts'

const clients = 5_000
const warmClients = 2_500

/** Resident memory per idle client in the room, in KB. */
async function kiloBytesPerClient(kind: Kind): Promise<number> {
  const server = await startKind(kind)
  try {
    // Code that the first connections load and compile, and memory that they reserve, is not part of the cost per connection.
    const warm = await openLoad(server.port, wireOf(kind), warmClients)
    const before = await server.usage({ settled: true })
    const load = await openLoad(server.port, wireOf(kind), clients)
    const after = await server.usage({ settled: true })
    load.close()
    warm.close()
    return (after.rssBytes - before.rssBytes) / 1_024 / clients
  } finally {
    await server.stop()
  }
}

/** The memory cost of a client that only listens (CH-18, RT-66). */
export const idle: Bench = {
  summary: `memory of ${clients} idle clients with one joined channel`,
  async run({ rounds, say, goOn }) {
    const sizes: Record<'squall' | 'socket.io', number[]> = { squall: [], 'socket.io': [] }
    for (let round = 0; round < rounds; round += 1) {
      goOn()
      say(`round ${round + 1} of ${rounds}: ${clients} idle clients of squall, of socket.io`)
      for (const kind of ['squall', 'socket.io'] as const) sizes[kind].push(await kiloBytesPerClient(kind))
    }
    const ratios = sizes.squall.map((ours, round) => ours / sizes['socket.io'][round]!)
    return {
      readings: [{ what: 'socket.io', unit: 'KB/client', ...figureOf(sizes['socket.io']) }],
      demands: [
        { what: 'squall', unit: 'KB/client', atMost: true, goal: 14, gate: 20, ...figureOf(sizes.squall) },
        { what: 'against socket.io', unit: 'times', atMost: true, goal: 0.5, gate: 0.8, ...figureOf(ratios) },
      ],
    }
  },
}
