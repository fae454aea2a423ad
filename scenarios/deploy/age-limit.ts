import { cartNeverLost, joinedTopics, reconnectsOf, scenariosFor } from '../../harness/index.ts'
import { door, mustBeEven, shoppersCome } from './support.ts'

const { scenario, step, after } = scenariosFor('store')

const shopperCount = 18
const standby = ['n3']
/** Longer than it takes until all are there, and than the end of a scenario: nobody is closed while everybody is counted. */
const ageMs = 15_000
const boundMax = 3
const hourMs = 3_600_000

export default scenario({
  id: 'deploy/age-limit',
  title: 'a maximum age moves connections to a node that was added',
  invariant:
    'With a maximum age of its connections a cluster is even again when that age is over after a node was added, nobody is closed sooner, and everybody comes back.',
  nightlyBecause: 'it waits until all connections have reached their maximum age',
  withoutBackground: 'clients that are bound to one node do not move',
  covers: ['DP-20', 'DP-24', 'DP-46', 'NF-12', 'AT-28', 'DF-110', 'DF-140'],
  given: {
    nodes: 2,
    standby,
    balancer: 'round-robin',
    env: { SHED_MAX_AGE_MS: String(ageMs), SHED_EVERY_MS: '250' },
    stock: { 1: 500, 2: 500, 9: 500 },
  },
  expectedDurationMs: 3 * ageMs,
  steps: [
    step('shoppers come to two nodes', (context) => shoppersCome(context, shopperCount)),
    step('add a third, and wait for the maximum age', async (context) => {
      await context.nemesis.inject('scale.out', 'n3')
      const from = context.recorder.events.length
      const startedMs = context.clock.monotonicMs()
      const reconnects = () => reconnectsOf(context.recorder.events.slice(from), door)
      await context.until('everybody has connected again', 2 * ageMs, () => reconnects().count >= shopperCount)
      const tookMs = context.clock.monotonicMs() - startedMs
      const perHour = Math.round((reconnects().count / shopperCount) * (hourMs / tookMs))
      context.reached(`${perHour} reconnects an hour of each client, with a maximum age of ${ageMs / 1_000} s`)
    }),
  ],
  expectations: [after(2, 'the load is even', (context) => mustBeEven(context, boundMax, standby))],
  checkers: [cartNeverLost, joinedTopics],
})
