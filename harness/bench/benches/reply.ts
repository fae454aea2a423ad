import type { Bench } from '../bench.ts'
import { contest, contestant, type Kind, type Rival } from '../contest.ts'
import { asking } from '../traffic.ts'
import { ratesOf, ratioDemand } from './rates.ts'

const clients = 500
const kinds: readonly Kind[] = ['squall', 'raw', 'socket.io']

/** Push and reply, and the overhead of an asynchronous handler. */
export const reply: Bench = {
  summary: `${clients} clients push and wait for the reply; sync and async handlers`,
  async run({ say, ...pace }) {
    say(`${clients} clients in each of ${kinds.join(', ')}`)
    const contestants = (rivals: readonly Rival[]) => {
      const asks = rivals.map((rival) => contestant(rival, asking(rival.load, rival.wire.echo)))
      const ours = rivals.find(({ kind }) => kind === 'squall') as Rival
      return [...asks, contestant(ours, asking(ours.load, ours.wire.echoAsync), 'squall async')]
    }
    const slices = await contest({ ...pace, kinds, size: clients, contestants })
    const of = (name: string) => slices.get(name)!
    return {
      readings: [...slices].flatMap(([name, taken]) => ratesOf(name, taken, 'replies')),
      demands: [
        ratioDemand('against a raw echo', of('squall'), of('raw'), { goal: 0.55, gate: 0.4 }),
        ratioDemand('against socket.io', of('squall'), of('socket.io'), { goal: 1.7, gate: 1.3 }),
        ratioDemand('async against sync', of('squall async'), of('squall'), { goal: 0.9, gate: 0.8 }),
      ],
    }
  },
}
