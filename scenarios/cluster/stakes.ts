import {
  drawStakes,
  neverOversold,
  nodesAgreeWithDatabase,
  openEars,
  ordersChargedOnce,
  performRound,
  presenceMatchesReality,
  scenariosFor,
  stakesKept,
} from '../../harness/index.ts'
import { succeeded } from '../support.ts'

const { scenario, step } = scenariosFor('store')

type Rounds = ReturnType<typeof drawStakes>

const supplies = { released: [1, 2, 3, 4, 5, 6], plenty: 7, unreleased: [8, 9, 10, 11, 12, 13] }
const single = [...supplies.released, ...supplies.unreleased]
const rounds = [1, 2, 3]

export default scenario({
  id: 'cluster/stakes',
  title: 'faults hit operations in their middle',
  invariant:
    'Operations are held at a point (asked for, half done, committed, not yet announced or answered) when a fault hits; tried again on another node, by the same and by others, each happens at most once, and everybody sees it in the end.',
  covers: ['FI-18', 'CT-55', 'CT-57', 'ST-57', 'NF-3', 'NF-5', 'NF-11', 'DP-9', 'PA-4'],
  given: {
    nodes: 2,
    pubsub: 'mesh',
    stock: { ...Object.fromEntries(single.map((id) => [id, 1])), [supplies.plenty]: 500 },
  },
  expectedDurationMs: 8_000,
  steps: [
    step('shoes on sale, and a listener on each node', async (context) => {
      succeeded(await context.release('n1', 1), 'release')
      await openEars(context)
      context.scratch.set('rounds', drawStakes(context))
      context.scratch.set('supplies', structuredClone(supplies))
    }),
    ...rounds.map((number) =>
      step(`a fault hits what was drawn, for the ${['first', 'second', 'third'][number - 1]} time`, async (context) => {
        const round = (context.scratch.get('rounds') as Rounds)[number - 1]!
        await performRound(context, round, number, context.scratch.get('supplies') as typeof supplies)
      }),
    ),
  ],
  expectations: [],
  // In the end everybody is gone, and no node counts anybody.
  checkers: [stakesKept, ordersChargedOnce, neverOversold, nodesAgreeWithDatabase, presenceMatchesReality],
})
