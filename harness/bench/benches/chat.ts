import type { Bench } from '../bench.ts'
import { contest, contestant } from '../contest.ts'
import { shouting } from '../traffic.ts'
import { ratesOf, ratioDemand } from './rates.ts'

const members = 1_000
const speakers = 50

/** A busy room: many clients send at once, and everyone receives everything. */
export const chat: Bench = {
  summary: `${speakers} of ${members} members of a room speak at once`,
  async run({ say, ...pace }) {
    say(`${members} clients in each of squall, socket.io`)
    const slices = await contest({
      ...pace,
      kinds: ['squall', 'socket.io'],
      size: members,
      contestants: (rivals) => rivals.map((rival) => contestant(rival, shouting(rival.load, rival.wire, speakers))),
    })
    const [ours, peers] = [slices.get('squall')!, slices.get('socket.io')!]
    return {
      readings: [...ratesOf('squall', ours, 'deliveries'), ...ratesOf('socket.io', peers, 'deliveries')],
      demands: [ratioDemand('against socket.io', ours, peers, { goal: 20, gate: 8 })],
    }
  },
}
