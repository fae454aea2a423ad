import { createPolicy, type PolicyName } from '../../cluster/balancer/policy.ts'
import { seededRandom } from '../../platform/random.ts'
import { exactly } from '../finding.ts'
import { defineLab } from '../lab.ts'
import {
  blueGreenDeploy,
  connectsPerSecond,
  type Deploy,
  inFigures,
  isNear,
  rollingDeploy,
  rollingWithSpare,
  samplingError,
  total,
} from './spread.ts'

interface Strategies {
  rolling: Readonly<Record<PolicyName, Deploy>>
  spare: Readonly<Record<PolicyName, Deploy>>
  blueGreen: Readonly<Record<PolicyName, Deploy>>
}

const seed = 24_301
const before = { a: 1_000, b: 1_000, c: 1_000 }
const gradualMs = 60_000
const tolerance = 3 * samplingError(2_000, 1 / 3)

const end = ({ steps }: Deploy) => steps.at(-1)!
const seen = (deploy: Deploy) =>
  `${deploy.steps.map(inFigures).join(', ')}; peak ${deploy.peak}; ${deploy.reconnects} reconnects`

/** Three ways to deploy to three servers with 1000 clients each: arithmetic, and chance with a seed (DP-30..DP-35, DP-49). */
export const strategies = defineLab<Strategies>({
  name: 'deploy/strategies',
  title: 'rolling, rolling with a spare, and blue-green: three servers with 1000 clients each',
  scaled: 'Servers and clients are numbers instead of processes, and chance has a seed.',
  withoutCluster: true,
  predictions: [
    {
      says: 'rolling, in turn: the first server restarted ends with most, the last with none, and one has a peak before',
      inText: '0/1500/1500, 750/0/2250, 1875/1125/0; peak 2250; 4750 reconnects',
      judge: ({ rolling: { 'round-robin': one } }) =>
        exactly(inFigures(end(one)) === '1875/1125/0' && one.peak === 2_250 && one.reconnects === 4_750, seen(one)),
    },
    {
      says: 'by chance it is the same within the sampling error',
      judge: ({ rolling: { random: one } }) =>
        exactly(isNear(end(one), [1_875, 1_125, 0], tolerance), `${seen(one)}; expected within ${tolerance}`),
    },
    {
      says: 'least-connections softens it',
      inText: '1500/1500/0; peak 1500; 4000 reconnects',
      judge: ({ rolling: { 'least-connections': one } }) =>
        exactly(inFigures(end(one)) === '1500/1500/0' && one.peak === 1_500 && one.reconnects === 4_000, seen(one)),
    },
    {
      says: 'with a spare, the peak is lower and fewer connect again; by chance it is still skewed',
      inText: '1370/1037/593; peak 1778; 4111 reconnects',
      judge: ({ spare: { random: one } }) =>
        exactly(isNear(end(one), [1_370, 1_037, 593], tolerance), `${seen(one)}; expected within ${tolerance}`),
    },
    {
      says: 'with a spare and least-connections the servers stay even, and everybody connects again once',
      inText: '1000 each; 3000 reconnects',
      judge: ({ spare: { 'least-connections': one } }) =>
        exactly(one.peak === 1_000 && one.reconnects === 3_000, seen(one)),
    },
    {
      says: 'blue-green ends even, and everybody connects again once, at about the same time',
      inText: '1000 each; 3000 reconnects',
      judge: ({ blueGreen: { 'least-connections': one } }) =>
        exactly(inFigures(end(one)) === '1000/1000/1000' && one.reconnects === total(before), seen(one)),
    },
  ],
  async run() {
    const withEach = (deploy: typeof rollingDeploy) => ({
      'round-robin': deploy(before, createPolicy('round-robin', seededRandom(seed))),
      random: deploy(before, createPolicy('random', seededRandom(seed))),
      'least-connections': deploy(before, createPolicy('least-connections', seededRandom(seed))),
    })
    return {
      rolling: withEach(rollingDeploy),
      spare: withEach(rollingWithSpare),
      blueGreen: withEach(blueGreenDeploy),
    }
  },
  figures: ({ rolling, spare, blueGreen }) => [
    ...rowsOf('rolling', rolling, (deploy) => connectsPerSecond(deploy.peak, 0)),
    ...rowsOf('rolling with a spare', spare, (deploy) => connectsPerSecond(deploy.peak, 0)),
    ...rowsOf('blue-green, at once', blueGreen, () => connectsPerSecond(total(before), 0)),
    ...rowsOf(`blue-green, over ${gradualMs / 1_000} s`, blueGreen, () => connectsPerSecond(total(before), gradualMs)),
  ],
  charts: ({ rolling, spare, blueGreen }) => [
    {
      title: 'Connections of the fullest server',
      x: 'servers replaced',
      y: 'connections',
      marks: 'lines',
      series: [
        { name: 'rolling', points: peaks(rolling.random) },
        { name: 'rolling with a spare', points: peaks(spare.random) },
        { name: 'blue-green', points: peaks(blueGreen.random) },
      ],
    },
  ],
})

const peaks = ({ steps }: Deploy) =>
  [before, ...steps].map((counts, step) => [step, Math.max(...Object.values(counts))] as const)

const rowsOf = (
  what: string,
  deploys: Readonly<Record<PolicyName, Deploy>>,
  perSecond: (deploy: Deploy) => number,
): { what: string; value: string }[] =>
  Object.entries(deploys).map(([policy, deploy]) => ({
    what: `${what}, ${policy}`,
    value: `${deploy.reconnects} reconnects; peak ${deploy.peak}; end ${inFigures(end(deploy))}; at most ${perSecond(deploy)} connects/s`,
  }))
