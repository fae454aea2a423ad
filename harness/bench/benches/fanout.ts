import { figureOf } from '../../stats/figures.ts'
import type { Bench, Demand, Reading } from '../bench.ts'
import { contest, contestant, type Kind } from '../contest.ts'
import { ratioOf } from '../rates-of-slices.ts'
import { shouting } from '../traffic.ts'
import { ratesOf, ratioDemand } from './rates.ts'

const kinds: readonly Kind[] = ['squall', 'raw', 'socket.io']
const loopDelayBounds = { goal: 10, gate: 25 }

/** One message at a time to everyone in a room: the rate that a single publisher can reach. */
export const fanout: Bench = {
  summary: 'one broadcast at a time to 1,000 and to 5,000 clients',
  async run({ say, ...pace }) {
    const readings: Reading[] = []
    const demands: Demand[] = []
    for (const size of [1_000, 5_000]) {
      say(`${size} clients in each of ${kinds.join(', ')}`)
      const slices = await contest({
        ...pace,
        kinds,
        size,
        contestants: (rivals) => rivals.map((rival) => contestant(rival, shouting(rival.load, rival.wire, 1))),
      })
      const of = (kind: Kind) => slices.get(kind)!
      for (const kind of kinds) readings.push(...ratesOf(`${kind} @${size}`, of(kind), 'deliveries'))
      // The raw server only writes once to each client, so its ratio is the ceiling for any server compared with socket.io.
      const ceiling = ratioOf(of('raw'), of('socket.io'))
      if (ceiling) readings.push({ what: `raw against socket.io @${size}`, unit: 'times', ...ceiling })
      demands.push(
        ratioDemand(`against raw @${size}`, of('squall'), of('raw'), { goal: 0.9, gate: 0.8 }),
        ratioDemand(`against socket.io @${size}`, of('squall'), of('socket.io'), { goal: 1.8, gate: 1.4 }),
      )
      if (size === 5_000) {
        const figure = figureOf(of('squall').map(({ loopDelayP99Ms }) => loopDelayP99Ms))
        demands.push({ what: `event-loop delay p99 @${size}`, unit: 'ms', atMost: true, ...loopDelayBounds, ...figure })
      }
    }
    return { readings, demands }
  },
}
