import { joinedTopics, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustHaveHeard } from '../stalls.ts'
import { mustBe, received } from '../support.ts'

const { scenario, step, after } = scenariosFor('talk')
type Context = ScenarioContext<'talk'>

const stepMs = 300
const steps = ['fetch', 'flag', 'convert', 'write', 'publish']
const overWithinMs = 15_000

interface Started {
  id: string
  topic: string
}

export default scenario({
  id: 'talk/export',
  title: 'an export within its request, and as an actor that tells how far it is',
  invariant:
    'The request for an export is answered at once, and whoever listens on any node is told each step and the end, or why it failed; within the request it is given up.',
  covers: ['AT-51', 'RT-41', 'RT-53'],
  nightlyBecause: 'it waits for three exports on purpose',
  given: {
    nodes: 2,
    env: { TALK_EXPORT_STEP_MS: String(stepMs), TALK_REQUEST_LIMIT_MS: '600', TALK_EXPORT_ROWS: '1000' },
  },
  steps: [
    step('export within the request', async (context) => {
      context.scratch.set('now', await context.talkPost('n1', 'exports/now'))
    }),
    step('export on n1, and listen on n2', async (context) => {
      const { status, topic, id } = await begin(context, 'ann', 'json')
      context.scratch.set('status', status)
      context.scratch.set('is done', await isTold(context, 'ann', 'done'))
      context.scratch.set('topic', topic)
      context.scratch.set('file', await context.talkGet('n2', `exports/${id}.json`))
      context.scratch.set('listener', await late(context, topic))
    }),
    step('export while a step fails', async (context) => {
      context.provoke('a step of an export fails, and is logged')
      await context.setStub('n1', { name: 'convert', fails: true })
      await begin(context, 'bob', 'csv')
      await isTold(context, 'bob', 'failed')
    }),
  ],
  expectations: [
    after(1, 'it is given up', async ({ scratch }) => {
      mustBe((scratch.get('now') as { status: number }).status, 504, 'the answer')
    }),
    after(2, 'the request was answered before the work was done', async ({ scratch }) => {
      mustBe(scratch.get('status'), 202, 'the answer')
    }),
    after(2, 'the listener was told each step, and the address', async (context) => {
      const told = received(context, 'ann', 'progress').map(({ value }) => (value as { step: string }).step)
      // What was over before the listener had joined is in the reply to the join.
      const isRight = JSON.stringify(told) === JSON.stringify(steps.slice(-told.length))
      mustHaveHeard(context, isRight, (who) => who === 'ann', `the steps that ann was told: ${told.join(', ')}`)
      if (told.length < 2) context.notReached('ann joined when the export was nearly over')
    }),
    after(2, 'every node has the file', async ({ scratch, notReached }) => {
      if (!scratch.get('is done')) notReached('the export was not over in time')
      const { status, body } = scratch.get('file') as { status: number; body: unknown[] }
      mustBe([status, body.length], [200, 1_000], 'the file on n2')
    }),
    after(3, 'the listener was told why', async (context) => {
      const [failed] = received(context, 'bob', 'failed').map(({ value }) => value)
      mustHaveHeard(context, failed !== undefined, (who) => who === 'bob', 'bob was not told that it failed')
      mustBe(failed, { reason: 'convert is set to fail' }, 'what bob was told')
      mustBe(received(context, 'bob', 'done').length, 0, 'addresses that bob was told')
    }),
  ],
  checkers: [joinedTopics],
})

/** Asks n1 for an export, and listens on n2. */
async function begin(context: Context, who: string, format: string) {
  const client = await context.client(who, 'n2', { socket: '/talk_socket' })
  const { status, body } = await context.talkPost<Started>('n1', 'exports', { format })
  await client.join(body.topic)
  return { status, ...body }
}

const isTold = (context: Context, who: string, event: string) =>
  context
    .until(`${who} is told ${event}`, overWithinMs, () => received(context, who, event).length > 0)
    .catch(() => false)

/** Somebody who joins when all is over. */
async function late(context: Context, topic: string) {
  const client = await context.client('cat', 'n2', { socket: '/talk_socket' })
  await client.join(topic)
}
