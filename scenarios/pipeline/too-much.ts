import { pipelineItemsAccounted, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustBe } from '../support.ts'

const { scenario, step, after } = scenariosFor('hello')
type Context = ScenarioContext<'hello'>

const consumers = 3
const demandMax = 4
const bufferMax = 50
const burst = 200
const cameWithinMs = 10_000

export default scenario({
  id: 'pipeline/too-much',
  title: 'several consumers, more items than fit, and a push with the first page of a node',
  invariant:
    'Consumers share what comes evenly, a full buffer drops its oldest items and counts them, and what was not dropped comes; a node that has just started has a pipeline with its first page.',
  covers: ['PM-29', 'PM-30', 'PM-38', 'PM-44', 'PM-63', 'DF-39', 'DF-44'],
  given: {
    nodes: 1,
    env: {
      PIPELINE_CONSUMER: 'consumer',
      PIPELINE_CONSUMERS: String(consumers),
      PIPELINE_MAX_DEMAND: String(demandMax),
      PIPELINE_BUFFER_MAX: String(bufferMax),
      PIPELINE_WORK_MS: '50',
    },
  },
  steps: [
    step('a user connects', async (context) => {
      await context.userListener('ann', 'n1', 1)
    }),
    step('push one item for each consumer', async (context) => {
      const before = await handledBy(context)
      await context.pushItems('n1', { userId: 1, count: consumers })
      await comes(context, consumers)
      const after = await handledBy(context)
      context.scratch.set('served', [...after].filter(([name, handled]) => handled > (before.get(name) ?? 0)).length)
    }),
    step('push more than fits', async (context) => {
      await context.pushItems('n1', { userId: 1, count: burst })
      // Items in work and those in the buffer; it depends on the demand that is open how many that are.
      await comes(context, consumers + burst - (await context.pipelineOf('n1')).discarded)
    }),
    step('kill the node, and push as soon as it answers again', async (context) => {
      const kill = await context.nemesis.inject('node.kill', 'n1')
      const pushing = pushWhenUp(context)
      await kill.heal()
      context.scratch.set('push', await pushing)
    }),
  ],
  expectations: [
    after(2, 'each of them got one', async ({ scratch }) => {
      mustBe(scratch.get('served'), consumers, 'consumers that got an item')
    }),
    after(3, 'the newest were kept', async (context) => {
      mustBe(context.pushedTo('ann').includes(consumers + burst), true, 'the newest item came')
    }),
    after(3, 'what was dropped is counted', async (context) => {
      const { discarded } = await context.pipelineOf('n1')
      const least = burst - consumers * demandMax - bufferMax
      if (discarded < least || discarded > burst - bufferMax)
        throw new Error(`${discarded} items were counted as discarded, and at least ${least} were`)
    }),
    after(4, 'whoever pushed during the boot found the pipeline', async (context) => {
      const answer = context.scratch.get('push') ?? context.notReached('n1 gave no answer within the time of its start')
      if (answer !== 'pushed') throw new Error(`n1 answered, and a push after that was refused: ${answer}`)
    }),
  ],
  checkers: [pipelineItemsAccounted],
})

const comes = (context: Context, count: number) =>
  context.until(`${count} items come`, cameWithinMs, () => context.pushedTo('ann').length >= count).catch(() => false)

/** How many messages each consumer has handled. */
async function handledBy({ cluster }: Context): Promise<Map<string, number>> {
  const actors = await cluster.node('n1').control.actors()
  const own = actors.filter(({ name }) => name?.startsWith('Pipeline.Consumer'))
  return new Map(own.map(({ name = '', handled }) => [name, handled]))
}

/** Hammers the web port of n1, and pushes with its first answer. Returns how that went; nothing when there was no answer in time. */
async function pushWhenUp({ cluster, until }: Context): Promise<string | undefined> {
  const { directUrl, control } = cluster.node('n1')
  const ask = async () => (await fetch(`${directUrl}/hello`).catch(() => undefined))?.ok === true
  if (!(await until('n1 answers', cameWithinMs, ask).catch(() => false))) return undefined
  return control.post('/pipeline/push', { item: { data: {}, user_id: 9 } }).then(
    () => 'pushed',
    (error: Error) => (error.name === 'ControlTimeout' ? undefined : error.message),
  )
}
