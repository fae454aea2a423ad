import { joinedTopics, pipelineItemsAccounted, type ScenarioContext, scenariosFor } from '../../harness/index.ts'

const { scenario, step, after } = scenariosFor('hello')
type Context = ScenarioContext<'hello'>

const workMs = 250
const killedCount = 40
const cameWithinMs = 15_000

export default scenario({
  id: 'pipeline/durable',
  title: 'a node is killed while its pipeline works, and keeps its items in the database',
  invariant:
    'A node that is killed with items in its pipeline, in work and waiting, delivers all of them after its next start.',
  covers: ['PM-26', 'PM-58', 'FI-1', 'NF-7', 'DF-43'],
  given: { nodes: 2, env: { PIPELINE_PRODUCER: 'durable', PIPELINE_WORK_MS: String(workMs) } },
  steps: [
    step('a user connects to n2, and gets items from n1', async (context) => {
      await context.userListener('ann', 'n2', 1)
      await context.pushItems('n1', { userId: 1, count: 5, timed: true })
      await comes(context, 5)
    }),
    step('kill n1 at work, and start it again', async (context) => {
      await context.pushItems('n1', { userId: 1, count: killedCount })
      const kill = await context.nemesis.inject('node.kill', 'n1')
      await kill.heal()
    }),
    step('everything comes', async (context) => {
      await comes(context, 5 + killedCount)
    }),
  ],
  expectations: [
    after(3, 'none of the items was lost with the node', async (context) => {
      const missing = 5 + killedCount - new Set(context.pushedTo('ann')).size
      const { pushed, handled } = await context.pipelineOf('n1')
      if (missing > 0 && handled < pushed) context.notReached(`${missing} items are still in the pipeline`)
      if (missing > 0) throw new Error(`${missing} items never came`)
    }),
  ],
  checkers: [pipelineItemsAccounted, joinedTopics],
})

/** Items that were delivered before the kill and not yet forgotten come again, so distinct ones are counted. */
const comes = (context: Context, count: number) =>
  context
    .until(`${count} items come`, cameWithinMs, () => new Set(context.pushedTo('ann')).size >= count)
    .catch(() => false)
