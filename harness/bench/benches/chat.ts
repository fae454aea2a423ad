import type { Bench } from '../bench.ts'
import { contestant, withRivals } from '../contest.ts'
import { interleave } from '../slices.ts'
import { shouting } from '../traffic.ts'
import { ratesOf, ratioDemand } from './rates.ts'

const members = 1_000
const speakers = 50

/** A busy room: many speak at once, everybody hears everything. */
export const chat: Bench = {
  summary: `${speakers} of ${members} members of a room speak at once`,
  async run({ say, ...pace }) {
    say(`${members} clients in each of squall, socket.io`)
    const slices = await withRivals(['squall', 'socket.io'], members, (rivals) =>
      interleave(
        rivals.map((rival) => contestant(rival, shouting(rival.load, rival.wire, speakers))),
        pace,
      ),
    )
    const [ours, peers] = [slices.get('squall')!, slices.get('socket.io')!]
    return {
      readings: [...ratesOf('squall', ours, 'deliveries'), ...ratesOf('socket.io', peers, 'deliveries')],
      demands: [ratioDemand('against socket.io', ours, peers, { goal: 20, gate: 8 })],
    }
  },
}
