import { cartNeverLost, joinedTopics, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustBe } from '../support.ts'
import { allAreJoined, shoppersCome } from './support.ts'

const { scenario, step, after } = scenariosFor('store')

const shopperCount = 16
const blockMs = 400
const busyWithinMs = 20_000
const calmMs = 2_500

export default scenario({
  id: 'deploy/shed-when-busy',
  title: 'a node whose processor is busy for long sheds clients, and stops when it is well',
  invariant:
    'Only a node that has used too much for a while sheds, some clients at a time; when it is well it sheds nobody, and those who were shed are back.',
  nightlyBecause: 'it keeps a processor busy for seconds',
  withoutBackground: 'its requests would be late on a node that is kept busy',
  covers: ['DP-22', 'DP-23', 'DP-25', 'NF-12', 'AT-28'],
  given: {
    nodes: 2,
    balancer: 'least-connections',
    env: { SHED_CPU_MAX: '0.25', SHED_AFTER_MS: '900', SHED_EVERY_MS: '300', SHED_COUNT: '4' },
    stock: { 1: 500, 2: 500, 9: 500 },
  },
  expectedDurationMs: 6_000,
  steps: [
    step('shoppers come', (context) => shoppersCome(context, shopperCount)),
    step('keep n1 busy until it sheds', async (context) => {
      await context.until('n1 sheds', busyWithinMs, async () => {
        context.provoke('n1 sheds while its processor is busy', undefined, 1012)
        await context.cluster.node('n1').control.block(blockMs)
        return (await shedByResource(context, 'n1')) > 0
      })
    }),
    step('leave it alone', async (context) => {
      await allAreJoined(context)
      const before = await shedByResource(context, 'n1')
      await context.clock.sleep(calmMs)
      context.scratch.set('later', (await shedByResource(context, 'n1')) - before)
    }),
  ],
  expectations: [
    after(2, 'the other node shed nobody', async (context) =>
      mustBe(await shedByResource(context, 'n2'), 0, 'clients that n2 shed'),
    ),
    after(3, 'a node that is well sheds nobody', async ({ scratch }) =>
      mustBe(scratch.get('later'), 0, 'clients that n1 shed when it was left alone'),
    ),
  ],
  checkers: [cartNeverLost, joinedTopics],
})

async function shedByResource({ cluster }: ScenarioContext<'store'>, node: string): Promise<number> {
  return (await cluster.node(node).control.state()).counters.shedByResource ?? 0
}
