import { pipelineItemsAccounted, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustTakeAtMost, watchingStalls } from '../stalls.ts'
import { mustBe } from '../support.ts'

const { scenario, step, after } = scenariosFor('hello')
type Context = ScenarioContext<'hello'>

const workMs = 20
const heavyCount = 200
const offlineCount = 200
const cameWithinMs = 10_000

export default scenario({
  id: 'pipeline/shares',
  title: 'a heavy user, a light one, and one who is not there',
  invariant:
    'Users take turns, so that one with hundreds of items does not hold up the single item of another, and nothing is done for users who are not there.',
  covers: ['PM-27', 'PM-60', 'PM-61', 'DF-46', 'DF-137'],
  given: {
    nodes: 1,
    env: {
      PIPELINE_DISPATCH: 'fair',
      PIPELINE_SKIP_OFFLINE: 'on',
      PIPELINE_MAX_DEMAND: '2',
      PIPELINE_WORK_MS: String(workMs),
    },
  },
  steps: [
    step('two users connect, and are tracked', async (context) => {
      for (const [name, id] of [
        ['heavy', 1],
        ['light', 2],
      ] as const) {
        const client = await context.userListener(name, 'n1', id)
        await client.join('tracked')
      }
    }),
    step('push for the heavy user, and then for the light one', async (context) => {
      // Whoever stands still between the two pushes, or reads two connections at once afterwards, sees another order.
      await watchingStalls(context, 'n1', async () => {
        await context.pushItems('n1', { userId: 1, count: heavyCount })
        await context.pushItems('n1', { userId: 2, count: 1 })
        await comes(context, 'light', 1)
      })
      context.scratch.set('before', heavyBeforeLight(context))
      await comes(context, 'heavy', heavyCount)
    }),
    step('push for somebody who is not there, and then for the light user', async (context) => {
      context.scratch.delete('stalls')
      const startedMs = context.clock.monotonicMs()
      await watchingStalls(context, 'n1', async () => {
        await context.pushItems('n1', { userId: 3, count: offlineCount })
        await context.until('they are handled', cameWithinMs, async () => (await skipped(context)) >= offlineCount)
      })
      context.scratch.set('skippedMs', context.clock.monotonicMs() - startedMs)
      await context.pushItems('n1', { userId: 2, count: 1 })
      await comes(context, 'light', 2)
    }),
  ],
  expectations: [
    after(2, 'the light user did not wait for the heavy one', async (context) => {
      const before = context.scratch.get('before') as number
      const sentence = `the light user waited for ${before} of the ${heavyCount} items of the heavy one`
      // Two are worked on at once, so that a stall lets a known number of them go by.
      mustTakeAtMost(context, (before * workMs) / 2, (heavyCount / 2) * (workMs / 2), sentence)
    }),
    after(3, 'nothing was done for who is not there', async (context) => {
      mustBe(await skipped(context), offlineCount, 'items skipped')
      const tookMs = context.scratch.get('skippedMs') as number
      const workedMs = (offlineCount * workMs) / 2
      mustTakeAtMost(context, tookMs, workedMs / 2, `to skip ${offlineCount} items took ${Math.round(tookMs)} ms`)
    }),
  ],
  checkers: [pipelineItemsAccounted],
})

const skipped = async (context: Context) => (await context.pipelineOf('n1')).skipped

const comes = (context: Context, name: string, count: number) =>
  context
    .until(`${count} items come to ${name}`, cameWithinMs, () => context.pushedTo(name).length >= count)
    .catch(() => false)

/** How many items the heavy user was given before the first of the light one. */
function heavyBeforeLight({ recorder }: Context): number {
  const order = recorder.events.filter(({ type, event }) => type === 'receive' && event === 'push')
  const first = order.findIndex(({ who }) => who === 'light')
  return first < 0 ? order.length : first
}
