import { oneRunPerJob, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustTakeAtMost, watchingStalls } from '../stalls.ts'
import { mustBe, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('talk')
type Context = ScenarioContext<'talk'>

const partMs = 300
/** How long before its time a timer may end. */
const timerSlackMs = 2
const atOnce = 100
const seats = 150

interface Answer {
  status: number
  body: unknown
  tookMs: number
}

export default scenario({
  id: 'talk/slow-parts',
  title: 'a page with three slow parts, a slow API that everybody needs, seats that many take, and a job',
  invariant:
    'One after the other the parts take the sum of their times, and at once as long as the slowest; a hundred who ask share one call of the API; a hundred who take a seat at once get a hundred different ones.',
  covers: ['AT-51', 'RT-36', 'RT-37', 'RT-38', 'RT-39', 'RT-44', 'RT-46', 'RT-47'],
  given: {
    nodes: 1,
    env: { TALK_PART_MS: String(partMs), TALK_TRACKING_MS: '100', TALK_SEATS: String(seats), TALK_JOB_MS: '50' },
  },
  steps: [
    step('load the page in both ways', async (context) => {
      await watchingStalls(context, 'n1', async () => {
        for (const way of ['serial', 'parallel']) context.scratch.set(way, await context.talkGet('n1', way))
      })
    }),
    step('a hundred ask for the rates at once, and then one more', async (context) => {
      context.scratch.set('rates', await manyTimes(() => context.talkGet<{ value: number }>('n1', 'rates')))
      context.scratch.set('one more', await context.talkGet('n1', 'rates'))
    }),
    step('a hundred take a seat at once', async (context) => {
      context.scratch.set('seats', await manyTimes(() => context.talkPost<{ left: number }>('n1', 'seats')))
    }),
    step('add a job', async (context) => {
      succeeded(await context.addJob('n1'), 'adding a job')
      await context.until('the job has ended', 15_000, async () =>
        (await context.jobs()).jobs.every(({ ended }) => ended),
      )
    }),
  ],
  expectations: [
    after(1, 'one after the other it takes the sum', async (context) => {
      const { status, body, tookMs } = answer(context, 'serial')
      mustBe([status, shape(body)], [200, whole], 'the page, one part after the other')
      if (tookMs < 3 * (partMs - timerSlackMs)) throw new Error(`three parts of ${partMs} ms took ${tookMs} ms`)
    }),
    after(1, 'at once it takes as long as one', async (context) => {
      const { status, body, tookMs } = answer(context, 'parallel')
      mustBe([status, shape(body)], [200, whole], 'the page, all parts at once')
      const sentence = `three parts of ${partMs} ms at once took ${Math.round(tookMs)} ms`
      // One after the other they would take three times as long as one.
      mustTakeAtMost(context, tookMs, 2.5 * partMs, sentence)
    }),
    after(1, 'what the page does not need was done all the same', (context) =>
      context.until('both requests are tracked', 10_000, async () => (await calls(context, 'tracking')) === 2),
    ),
    after(2, 'they shared one call', async (context) => {
      mustBe(await calls(context, 'rates'), 1, 'calls of the API')
      const answers = [...(context.scratch.get('rates') as Answer[]), answer(context, 'one more')]
      mustBe([...new Set(answers.map(({ status }) => status))], [200], 'the answers')
    }),
    after(3, 'each got a seat of its own', async (context) => {
      const left = (context.scratch.get('seats') as { body: { left: number } }[]).map(({ body }) => body.left)
      mustBe([new Set(left).size, Math.min(...left)], [atOnce, seats - atOnce], 'different numbers, and the lowest')
    }),
  ],
  checkers: [oneRunPerJob],
})

const manyTimes = <T>(ask: () => Promise<T>) => Promise.all(Array.from({ length: atOnce }, ask))

const answer = ({ scratch }: Context, name: string) => scratch.get(name) as Answer

const whole = { compute: 'value', slow: 'value', also_slow: 'value' }

/** Whether each part has a value or an error. */
const shape = (body: unknown) => {
  const { compute, slow, also_slow } = Object(body) as Record<string, object>
  const kindOf = (part: object | undefined) => Object.keys(part ?? {}).join()
  return { compute: kindOf(compute), slow: kindOf(slow), also_slow: kindOf(also_slow) }
}

const calls = async (context: Context, stub: string) => (await context.talkState('n1')).stubs[stub]!.calls
