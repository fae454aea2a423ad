import type { Livelock } from '../../history/livelock.ts'
import type { Cluster } from './cluster.ts'

/** Of the steps of a simulation without an end, those who go on have at least so many. */
const ownShareMin = 0.2

/** Returns the two places that sent each other the most messages, or else the one place that did the most by itself. */
export function whoGoesOn({ network, nodes }: Cluster, steps: number): Pick<Livelock, 'parties' | 'turns'> {
  const pairs = Map.groupBy(network.links(), ({ from, to }) => [from, to].sort().join(' '))
  const talks = [...pairs].map(([pair, links]) => ({
    parties: pair.split(' '),
    turns: links.reduce((sum, { carried }) => sum + carried, 0),
  }))
  const alone = nodes().map(({ name, machine }) => ({ parties: [name], turns: machine.turns() }))
  return most(talks, steps) ?? most(alone, steps) ?? { parties: [], turns: 0 }
}

type Party = Pick<Livelock, 'parties' | 'turns'>

const most = (all: readonly Party[], steps: number): Party | undefined =>
  all.filter(({ turns }) => turns >= steps * ownShareMin).sort((a, b) => b.turns - a.turns)[0]
