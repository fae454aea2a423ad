import { joinedTopics, requireMetrics, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { askOn, ok } from '../asking.ts'
import { mustBeRight, mustTakeAtMost, watchingStalls } from '../stalls.ts'
import { look, lookIf, mustBe, nothingWasWrong } from '../support.ts'

const { scenario, step, after } = scenariosFor('hello')
type Context = ScenarioContext<'hello'>

const slowMs = 1_000
/** Three of five slow pings are answered in this time, with some of it to spare for the join. */
const timeoutMs = 3_700
const pageEndsWithinMs = 20_000
const visits = 8
const visitsWithinMs = 5_000

export default scenario({
  id: 'channels/demo-page',
  title: 'the demo page, what it measures, and a metrics daemon that is gone',
  invariant:
    'The demo page shows slow pings one after the other, so that some are answered too late, and parallel ones together; each page load is measured as the catalogue says, and without a metrics daemon everything works as before.',
  covers: [
    ...['CH-134', 'CH-110', 'PA-15', 'AT-27', 'PM-3', 'PM-9', 'PM-10', 'PM-11', 'PM-17', 'PM-18', 'PM-19', 'AT-44'],
    ...['PM-4', 'FI-15', 'NF-19', 'AM-9', 'DF-48', 'DF-49', 'DF-135'],
  ],
  tags: ['browser'],
  given: { nodes: 2, env: { SLOW_PING_MS: String(slowMs), HELLO_PUSH_TIMEOUT_MS: String(timeoutMs) } },
  steps: [
    step('two users open the page, each on a node', async (context) => {
      requireMetrics(context.cluster)
      await watchingStalls(context, 'n1', async () => {
        context.scratch.set('page', await openPage(context, 'ann', 'n1', '1'))
        await openPage(context, 'bob', 'n2', 'other')
        await context.until('all pings of the page have ended', pageEndsWithinMs, () => ended(context)).catch(() => {})
        await context
          .until('its pings are measured', 2_000, () => measured(context, 'stats_channel.ping').length >= 5)
          .catch(() => {})
      })
    }),
    step('ask both nodes who is there', async (context) => {
      for (const node of ['n1', 'n2']) {
        const lister = await context.userListener(`lister-${node}`, node, 7)
        await lister.join('tracked')
        let users: readonly unknown[] = []
        const isRight = async () => {
          users = ((await lister.push('tracked', 'list', {})) as { users: unknown[] }).users
          return ['1', 'other'].every((user) => users.includes(user))
        }
        await look(context, () =>
          context.until('both users are listed', 5_000, isRight).catch(() => {
            throw new Error(`${node} lists ${JSON.stringify(users)}, and not 1 and other`)
          }),
        )
      }
    }),
    step('connect, join and push while the metrics daemon is gone', async (context) => {
      await using _gone = await context.nemesis.inject('metrics.stop', 'statsd')
      context.scratch.delete('stalls')
      const startedMs = context.clock.monotonicMs()
      await watchingStalls(context, 'n2', async () => {
        for (let n = 0; n < visits; n += 1) await visit(context, n)
      })
      context.scratch.set('visitsMs', context.clock.monotonicMs() - startedMs)
    }),
    step('connect once more when it is back', async (context) => {
      const before = connects(context).length
      await visit(context, visits)
      const came = await context
        .until('the connection is measured', 2_000, () => connects(context).length > before)
        .catch(() => false)
      context.scratch.set('came', came !== false)
    }),
  ],
  expectations: [
    after(1, 'of five slow pings three were in time, and the server answered all', async (context) => {
      const page = pageOf(context)
      if (page.repliesTo('slow_ping') < 5) context.notReached('not all slow pings were answered within the time')
      const [inTime, late] = [page.said('Slow ping response received'), page.said('pong message timeout slow_ping')]
      mustBeRight(context, inTime === 3 && late === 2, `${inTime} slow pings were in time, and ${late} too late`, 200)
    }),
    after(1, 'all parallel ones were in time', async (context) => {
      const page = pageOf(context)
      const [inTime, late] = [
        page.said('Parallel slow ping response received'),
        page.said('pong message timeout parallel_slow_ping'),
      ]
      if (inTime + late < 5) context.notReached('not all parallel pings have ended within the time')
      const replies = page.repliesTo('parallel_slow_ping')
      const sentence = `the server answered ${replies} parallel pings, and the page saw ${inTime}`
      mustBeRight(context, late === 0, sentence, timeoutMs - slowMs - 500)
    }),
    after(1, 'the console says the rest', async (context) => {
      const page = pageOf(context)
      const once = ['5 slow pings requested', '5 parallel slow pings requested', 'Unable to join invalid', 'send pong']
      for (const text of [...once, 'Joined tracked', 'pong message timeout'])
        if (page.said(text) === 0) throw new Error(`the page did not say "${text}": ${page.lines.join(' | ')}`)
    }),
    after(1, 'the page load is measured: connects, joins, refused joins, pings', async (context) => {
      mustCount(context, connects(context).length, 3, 'connections to the StatsSocket')
      mustCount(context, joins(context, 'success').length, 3, 'joins of the StatsChannel')
      mustCount(context, joins(context, 'fail').length, 1, 'refused joins of the StatsChannel')
      mustCount(context, measured(context, 'stats_channel.ping').length, 5, 'pings')
    }),
    after(2, 'the page is tracked', nothingWasWrong),
    after(3, 'everybody was served as before', async (context) => {
      await nothingWasWrong(context)
      const tookMs = context.scratch.get('visitsMs') as number
      mustTakeAtMost(context, tookMs, visitsWithinMs, `${visits} visits took ${Math.round(tookMs)} ms`)
    }),
    after(4, 'it is measured again', async (context) => {
      if (!context.scratch.get('came')) context.notReached('no packet came after the daemon was back')
    }),
  ],
  checkers: [joinedTopics],
})

type Page = Awaited<ReturnType<Context['demoPage']>>
const pageOf = ({ scratch }: Context) => scratch.get('page') as Page

/** Its script may run a while after the page was asked for, and begins before it is complete. */
async function openPage(context: Context, name: string, node: string, userId: string): Promise<Page> {
  const crash = () => context.provoke('the page pushes an event that crashes its channel ping', [name])
  crash()
  const page = await context.demoPage(name, node, userId)
  crash()
  return page
}

function ended(context: Context): boolean {
  const page = pageOf(context)
  const slow = page.repliesTo('slow_ping')
  const parallel = page.said('Parallel slow ping response received') + page.said('pong message timeout parallel')
  return slow >= 5 && parallel >= 5 && page.lines.includes('pong message timeout')
}

interface Measured {
  value: number
  tags: Record<string, string>
}

/** What n1 has measured under this name. */
const measured = ({ recorder }: Context, name: string): Measured[] =>
  recorder.events.flatMap(({ type, who, operation, value }) =>
    type === 'metric' && who === 'n1' && operation === name ? [value as Measured] : [],
  )

const connects = (context: Context) =>
  measured(context, 'socket_connect').filter(({ tags }) => tags.socket === 'StatsSocket')

const joins = (context: Context, status: string) =>
  measured(context, 'channel_join').filter(({ tags }) => tags.channel === 'StatsChannel' && tags.status === status)

/** Some packets may be lost (AM-9), but not all of a kind, and none comes twice. */
function mustCount(context: Context, count: number, expected: number, what: string) {
  if (count > 0 && count < expected) context.notReached(`${count} of ${expected} packets for ${what} came`)
  mustBe(count, expected, `measured ${what}`)
}

async function visit(context: Context, n: number) {
  const wire = await context.wire(`visitor-${n}`, 'n1', { path: '/stats_socket/websocket' })
  await lookIf(context, wire.status, 101, `the handshake of visitor ${n}`)
  if (wire.status !== 101) return
  const ask = askOn(wire, 'valid')
  await lookIf(context, await ask('phx_join'), ok(), `the join of visitor ${n}`)
}
