import { createPolicy, policyNames } from '../../cluster/balancer/policy.ts'
import { seededRandom } from '../../platform/random.ts'
import { exactly } from '../finding.ts'
import { defineLab } from '../lab.ts'
import {
  ageOut,
  type Counts,
  connect,
  inFigures,
  isNear,
  type Shedding,
  samplingError,
  shed,
  shedSurplus,
  spreadOf,
  total,
} from './spread.ts'

interface Balance {
  requests: Readonly<Record<string, Counts>>
  scaledOut: { before: Counts; after: Counts }
  blindRounds: readonly Counts[]
  surplus: Shedding
  shares: readonly { servers: number; share: number; tolerance: number }[]
  aging: readonly Counts[]
}

const seed = 24_301
const requestCount = 66
const scaledOut = { a: 1_000, b: 1_000, c: 0 }
const blind = { a: 500, b: 500 }
const newClients = 300
const boundMax = 100
const roundsMax = 20
const ageMinutes = 30
const random = () => createPolicy('random', seededRandom(seed))
const tolerance = samplingError(1_000, 1 / 3)

/** What balancing and shedding do to the number of connections of each server: arithmetic, and chance with a seed (DP-18..DP-26). */
export const balance = defineLab<Balance>({
  name: 'deploy/balance',
  title: 'how connections spread over three servers, when one is added and when some are shed',
  scaled: 'Servers and clients are numbers instead of processes, and chance has a seed.',
  withoutCluster: true,
  predictions: [
    {
      says: 'requests in turn, or to the server with the fewest, are 22 for each of three servers',
      inText: '22 each',
      judge: ({ requests }) => {
        const even = ['round-robin', 'least-connections'].map((name) => inFigures(requests[name]!))
        return exactly(
          even.every((one) => one === '22/22/22'),
          even.join(' and '),
        )
      },
    },
    {
      says: 'a new server takes nothing off the others; least-connections gives it all that is new',
      inText: '1000/1000/0',
      judge: ({ scaledOut: { before, after } }) =>
        exactly(inFigures(after) === `1000/1000/${newClients}`, `${inFigures(before)}, then ${inFigures(after)}`),
    },
    {
      says: 'of 1000 that are shed about a third reach the new one',
      inText: 'about 334, 833/833/334',
      judge: ({ blindRounds: [first = {}] }) =>
        exactly(isNear(first, [833, 833, 334], tolerance), `${inFigures(first)}, expected within ${tolerance}`),
    },
    {
      says: 'a second round makes them even, and a third one that sheds as blindly overshoots',
      judge: ({ blindRounds: [, second = {}, third = {}] }) =>
        exactly(
          isNear(second, [667, 667, 667], 2 * tolerance) && isNear(third, [500, 500, 1_000], 3 * tolerance),
          `${inFigures(second)}, then ${inFigures(third)}`,
        ),
    },
    {
      says: `where each server sheds only what it has over the mean, rounds end with a difference of at most ${boundMax}`,
      judge: ({ surplus: { rounds, reconnects } }) =>
        exactly(
          spreadOf(rounds.at(-1)!) <= boundMax,
          `${inFigures(rounds.at(-1)!)} after ${rounds.length} rounds and ${reconnects} reconnects`,
        ),
    },
    {
      says: 'the chance of one that is shed to land on one server of n is 1/n',
      judge: ({ shares }) =>
        exactly(
          shares.every(({ servers, share, tolerance: within }) => Math.abs(share - 1 / servers) <= within),
          shares.map(({ servers, share }) => `${(100 * share).toFixed(1)} % of ${servers}`).join(', '),
        ),
    },
    {
      says: 'with a maximum age the imbalance is gone when the age is over',
      judge: ({ aging }) => {
        const last = aging.at(-1)!
        return exactly(isNear(last, [667, 667, 667], 2 * tolerance), aging.map(inFigures).join(', '))
      },
    },
  ],
  async run() {
    const requests = Object.fromEntries(
      policyNames.map((name) => [
        name,
        connect({ a: 0, b: 0, c: 0 }, requestCount, createPolicy(name, seededRandom(seed))),
      ]),
    )
    const choose = random()
    const first = shed(scaledOut, blind, choose)
    const second = shed(first, blind, choose)
    return {
      requests,
      scaledOut: {
        before: scaledOut,
        after: connect(scaledOut, newClients, createPolicy('least-connections', seededRandom(seed))),
      },
      blindRounds: [first, second, shed(second, blind, choose)],
      surplus: shedSurplus(scaledOut, boundMax, roundsMax, random()),
      shares: [3, 5, 10].map(shareOf),
      aging: ageOut(scaledOut, random()),
    }
  },
  figures: ({ requests, surplus }) => [
    ...policyNames.map((name) => ({ what: `${requestCount} requests, ${name}`, value: inFigures(requests[name]!) })),
    { what: 'rounds that shed the surplus', value: surplus.rounds.map(inFigures).join(', ') },
    {
      what: `reconnects in an hour, 2000 clients, maximum age ${ageMinutes} min`,
      value: String((2_000 * 60) / ageMinutes),
    },
  ],
  charts: ({ aging }) => [
    {
      title: 'A maximum age after a server was added',
      x: 'tenths of the age',
      y: 'connections',
      marks: 'lines',
      series: ['a', 'b', 'c'].map((name) => ({
        name,
        points: [scaledOut, ...aging].map((counts, step) => [step, (counts as Counts)[name]!] as const),
      })),
    },
  ],
})

/** Each of the other servers sheds 100 of 1000: the share of them that reaches the new server. */
function shareOf(servers: number) {
  const old = Array.from({ length: servers - 1 }, (_, n) => `old-${n}`)
  const before = Object.fromEntries([['new', 0], ...old.map((name) => [name, 1_000])])
  const going = Object.fromEntries(old.map((name) => [name, 100]))
  const after = shed(before, going, random())
  const count = total(going)
  return { servers, share: after.new! / count, tolerance: samplingError(count, 1 / servers) / count }
}
