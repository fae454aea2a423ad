import {
  joinedTopics,
  pipelineItemsAccounted,
  requireMetrics,
  type ScenarioContext,
  scenariosFor,
} from '../../harness/index.ts'
import { mustBeRight, watchingStalls } from '../stalls.ts'
import { look, lookIf, mustBe, nothingWasWrong } from '../support.ts'

const { scenario, step, after } = scenariosFor('hello')
type Context = ScenarioContext<'hello'>

const workMs = 200
const atOnce = 10
const killedCount = 80
const slowPushMs = 400
const skewMs = -30_000
const cameWithinMs = 10_000
const measuredWithinMs = 3_000

export default scenario({
  id: 'pipeline/delivery',
  title: 'items pushed on one node, for a user on another',
  invariant:
    'What is pushed to the pipeline of one node reaches its user on another one once, ten at a time, and nobody else; a kill of a worker loses nothing, a kill of a stage loses what was in memory, and what comes later arrives.',
  covers: [
    ...['PM-24', 'PM-28', 'PM-32', 'PM-39', 'PM-40', 'PM-41', 'PM-42', 'PM-46', 'PM-47', 'PM-48', 'PM-49', 'PM-50'],
    ...['PM-53', 'PM-54', 'PM-55', 'PM-57', 'AT-37', 'AT-45', 'NF-7', 'FI-10'],
    ...['DF-40', 'DF-41', 'DF-43', 'DF-45', 'DF-136'],
  ],
  given: { nodes: 2, env: { PIPELINE_WORK_MS: String(workMs), PIPELINE_MIN_DEMAND: '5' } },
  steps: [
    step('two users connect to n2', async (context) => {
      requireMetrics(context.cluster)
      for (const user of [1, 2]) await context.userListener(`user-${user}`, 'n2', user)
    }),
    step('push fifty items for one of them on n1', async (context) => {
      await watchingStalls(context, 'n1', async () => {
        await context.pushItems('n1', { userId: 1, count: 50 })
        await comes(context, 50)
      })
    }),
    step('push ten timed items, and five hundred', async (context) => {
      for (const count of [10, 500]) await context.pushItems('n1', { userId: 1, count, timed: true })
      await comes(context, 560)
    }),
    step('push an item that nobody can handle, and others', async (context) => {
      context.provoke('an item without a user fails, and is logged')
      const { control } = context.cluster.node('n1')
      await control.post('/pipeline/push', { item: { data: {} } })
      await context.pushItems('n1', { userId: 1, count: 30 })
      await comes(context, 590)
      const dropped = async () => (await context.pipelineOf('n1')).dropped
      await context.until('it is dropped', cameWithinMs, async () => (await dropped()) > 0).catch(() => {})
      await look(context, async () => mustBe(await dropped(), 1, 'items dropped on n1'))
      const refused = await control.post('/pipeline/push', { item: 'text' }).then(
        () => 'accepted',
        ({ status }: { status?: number }) => status ?? 'timeout',
      )
      await lookIf(context, refused, 400, 'the answer to an item that is no object')
    }),
    step('push timed items while the producer is slow, and while the clock of n2 is wrong', async (context) => {
      const { control } = context.cluster.node('n1')
      await control.delay('Pipeline.Producer', slowPushMs)
      context.scratch.set('slow', await measuredWhile(context, hasWaited, () => pushOneTimed(context)))
      await control.delay('Pipeline.Producer', 0)
      await using _skew = await context.nemesis.inject('clock.skew', 'n2', { skewMs })
      context.scratch.set('skewed', await measuredWhile(context, isSkewed, () => pushOneTimed(context)))
    }),
    step('kill a worker at work', async (context) => {
      await context.pushItems('n1', { userId: 1, count: killedCount })
      const kill = await context.nemesis.inject('actor.kill', 'n1/pipeline-worker')
      // The next worker of the item has to be seen while there is work.
      await kill.heal()
      await comes(context, 592 + killedCount)
    }),
    step('kill the stage at work, and push more', async (context) => {
      await context.pushItems('n1', { userId: 1, count: 40 })
      const kill = await context.nemesis.inject('actor.kill', 'n1/consumer_supervisor')
      await kill.heal()
      const page = await fetch(`${context.cluster.node('n1').directUrl}/hello`)
      context.scratch.set('status', page.status)
      const before = context.pushedTo('user-1').length
      await context.pushItems('n1', { userId: 1, count: 10 })
      await comes(context, before + 10)
    }),
  ],
  expectations: [
    after(2, 'they came in groups of ten', async (context) => {
      const wrong = context
        .pushedTo('user-1')
        .slice(0, 50)
        .findIndex((n, index) => groupOf(n - 1) !== groupOf(index))
      const sentence = `item ${context.pushedTo('user-1')[wrong]} came as number ${wrong + 1}`
      // Whoever stands still between two of ten finishes the first of the next ten before the last of these.
      mustBeRight(context, wrong < 0, sentence, workMs / 2)
    }),
    after(3, 'each delivery was measured', async (context) => {
      const count = delivered(context).length
      if (count === 0) throw new Error('510 timed items were delivered, and none of them was measured')
      // Packets may be lost (AM-9), and none is sent twice.
      if (count > 510) throw new Error(`510 timed items were delivered, and ${count} were measured`)
    }),
    after(4, 'it was dropped and counted, and held up nobody', nothingWasWrong),
    after(5, 'the time in the mailbox of the producer counts', async (context) => {
      const tookMs = measured(context, 'slow')
      if (!hasWaited(tookMs)) throw new Error(`it waited for ${slowPushMs} ms, and ${tookMs} ms were measured`)
    }),
    after(5, 'a wrong clock changes the measurement and nothing else', async (context) => {
      const tookMs = measured(context, 'skewed')
      if (!isSkewed(tookMs)) throw new Error(`the clock is wrong by ${skewMs} ms, and ${tookMs} ms were measured`)
    }),
    after(7, 'the pages of the node went on', async ({ scratch }) => {
      mustBe(scratch.get('status'), 200, 'the answer to /hello')
    }),
    after(7, 'the other user was given nothing', async (context) => {
      mustBe(context.pushedTo('user-2'), [], 'what user 2 was pushed')
    }),
  ],
  checkers: [pipelineItemsAccounted, joinedTopics],
})

const groupOf = (index: number) => Math.floor(index / atOnce)

/** What does not come is for the checker to judge. */
const comes = (context: Context, count: number) =>
  context
    .until(`${count} items come`, cameWithinMs, () => context.pushedTo('user-1').length >= count)
    .catch(() => false)

const delivered = ({ recorder }: Context) =>
  recorder.events.filter(({ type, operation }) => type === 'metric' && operation === 'pipeline.push_delivered')

async function pushOneTimed(context: Context) {
  const before = context.pushedTo('user-1').length
  await context.pushItems('n1', { userId: 1, count: 1, timed: true })
  await comes(context, before + 1)
}

const hasWaited = (tookMs: number) => tookMs >= slowPushMs - 50
const isSkewed = (tookMs: number) => tookMs <= skewMs / 2

/** A value of the metric that came meanwhile, one that fits if there is one: packets of earlier items may come late. Undefined when none came. */
async function measuredWhile(context: Context, fits: (tookMs: number) => boolean, work: () => Promise<void>) {
  const before = delivered(context).length
  await work()
  const values = () =>
    delivered(context)
      .slice(before)
      .map(({ value }) => (value as { value: number }).value)
  await context.until('the delivery is measured', measuredWithinMs, () => values().some(fits)).catch(() => false)
  return values().find(fits) ?? values().at(-1)
}

function measured(context: Context, name: string): number {
  const value = context.scratch.get(name) as number | undefined
  return value ?? context.notReached(`no packet of the metric came (${name})`)
}
