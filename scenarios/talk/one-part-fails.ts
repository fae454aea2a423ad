import { describeDifference, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustBeRight, mustTakeAtMost, watchingStalls } from '../stalls.ts'
import { mustBe } from '../support.ts'

const { scenario, step, after } = scenariosFor('talk')
type Context = ScenarioContext<'talk'>

const partMs = 200
const limitMs = 600

export default scenario({
  id: 'talk/one-part-fails',
  title: 'one of three parts of a page fails, or does not come',
  invariant:
    'A part that throws or takes too long is missing in an answer that is 200 and has all others; work that no request waits for may crash without a trace in any answer.',
  covers: ['AT-51', 'RT-37', 'RT-39', 'RT-40', 'DF-105'],
  nightlyBecause: 'it makes parts fail on purpose, and a unit test shows the same faster',
  given: {
    nodes: 1,
    env: { TALK_PART_MS: String(partMs), TALK_PART_LIMIT_MS: String(limitMs), TALK_TRACKING_MS: '50' },
  },
  steps: [
    step('one part throws', async (context) => {
      context.provoke('a part of the page fails, and is logged')
      await watchingStalls(context, 'n1', async () => {
        context.scratch.set('throws', await context.talkGet('n1', 'parallel?fail=slow'))
        context.scratch.set('serial', await context.talkGet('n1', 'serial?fail=slow'))
      })
    }),
    step('one part does not come in time', async (context) => {
      await watchingStalls(context, 'n1', async () => {
        context.scratch.set('late', await context.talkGet('n1', 'parallel?also_slow_ms=5000'))
      })
    }),
    step('the background work of a request crashes', async (context) => {
      context.provoke('the background work of a request crashes, and is logged')
      await context.setStub('n1', { name: 'tracking', fails: true })
      context.scratch.set('meanwhile', await context.talkGet('n1', 'parallel'))
      const before = await tracked(context)
      await context.setStub('n1', { name: 'tracking', fails: false })
      await watchingStalls(context, 'n1', async () => {
        context.scratch.set('after', await context.talkGet('n1', 'parallel'))
      })
      await context.until('it is tracked', 10_000, async () => (await tracked(context)) > before).catch(() => {})
      context.scratch.set('tracked', (await tracked(context)) - before)
    }),
  ],
  expectations: [
    after(1, 'the page has the other parts, and a placeholder', async (context) => {
      mustBeThisPage(context, 'throws', [200, 'value', 'error', 'value'], 'the page of which one part failed')
    }),
    after(1, 'one after the other, the failure is all that there is', async (context) => {
      mustBe(status(context, 'serial'), 500, 'the answer')
    }),
    after(2, 'the page does not wait for it', async (context) => {
      mustBeThisPage(context, 'late', [200, 'value', 'value', 'error'], 'the page of which one part is late')
      const { tookMs } = context.scratch.get('late') as { tookMs: number }
      const sentence = `a part may take ${limitMs} ms, and the page took ${Math.round(tookMs)} ms`
      mustTakeAtMost(context, tookMs, 4 * limitMs, sentence)
    }),
    after(3, 'no answer says so, and the next request is tracked', async (context) => {
      for (const name of ['meanwhile', 'after'])
        mustBeThisPage(context, name, [200, 'value', 'value', 'value'], `the page ${name}`)
      mustBe(context.scratch.get('tracked'), 1, 'requests tracked after it')
    }),
  ],
})

const tracked = async (context: Context) => (await context.talkState('n1')).stubs.tracking!.calls

const status = ({ scratch }: Context, name: string) => (scratch.get(name) as { status: number }).status

/** The status, and whether `compute`, `slow` and `also_slow` have a value or an error. */
function seen(context: Context, name: string): unknown[] {
  const { body } = context.scratch.get(name) as { body: Record<string, object> }
  const parts = ['compute', 'slow', 'also_slow'].map((part) => Object.keys(Object(body)[part] ?? {}).join())
  return [status(context, name), ...parts]
}

/** A part that is ready at once comes too late all the same on a machine that stands still. */
function mustBeThisPage(context: Context, name: string, expected: unknown[], what: string) {
  const difference = describeDifference(seen(context, name), expected)
  const isRight = JSON.stringify(seen(context, name)) === JSON.stringify(expected)
  mustBeRight(context, isRight, `${what}: ${difference}`, limitMs - partMs - 100)
}
