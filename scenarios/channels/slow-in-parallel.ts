import { joinedTopics, type ScenarioContext, scenariosFor, type WireClient } from '../../harness/index.ts'
import { mustTakeAtMost, watchingStalls } from '../stalls.ts'

const { scenario, step, after, afterIfPromised } = scenariosFor()

/** How long a slow ping takes, unless the system runs already and HelloSockets decides. */
const shortMs = 1_000
const slowMsOf = ({ cluster }: ScenarioContext) => (cluster.env ? shortMs : 3_000)
/** Beyond what may go on at once. */
const moreCount = 50
/** They take two rounds of slow pings. */
const manyWithinMs = 20_000
/** More than a node lets wait for a channel before it stops reading from its client. */
const waitingCount = 1_200
/** How long a wire client waits for a frame. */
const answeredWithinMs = 5_000
/** How long the answer takes on a machine without stalls. */
const ownWithinMs = 1_000
/** By so much may two clocks of one machine differ. */
const toleranceMs = 50

export default scenario({
  id: 'channels/slow-in-parallel',
  title: 'slow work beside the channel, and inside it',
  invariant:
    'Slow pings are answered together when they are handled beside the channel, and one after the other when inside it; of many, a hundred go on at once, and the others wait for them; who has left is told nothing more.',
  covers: ['CH-5', 'CH-68', 'CH-131', 'CH-62', 'PM-17', 'PM-20', 'PM-19', 'PM-21', 'PM-22', 'AT-43', 'DF-35', 'DF-36'],
  given: { nodes: 1, fasterEnv: { SLOW_PING_MS: String(shortMs) } },
  steps: [
    step('a client joins', async (context) => {
      await (await context.client('carol', 'n1', { socket: '/stats_socket' })).join('valid')
      await (await context.client('dave', 'n1', { socket: '/stats_socket' })).join('valid')
    }),
    step('push three of each kind; somebody leaves with three under way', async (context) => {
      await leaveWithThreeUnderWay(context)
      const burdened = await crashWithMuchWaiting(context)
      const [carol, dave] = [await context.client('carol', 'n1'), await context.client('dave', 'n1')]
      const startedMs = context.clock.monotonicMs()
      const tookMs = () => context.clock.monotonicMs() - startedMs
      const beside = [1, 2, 3].map(() => carol.ask('valid', 'parallel_slow_ping', {}, 20_000).then(tookMs))
      const inside = [1, 2].map(() => dave.ask('valid', 'slow_ping', {}, 20_000).then(tookMs))
      await watchingStalls(context, 'n1', async () => {
        context.scratch.set('beside', await Promise.all(beside)).set('inside', await Promise.all(inside))
        await isAnswered(context.scratch.get('leaver') as WireClient)
        await burdened.receive('the end of its channel', ([, , , event]) => event === 'phx_error')
        const goesOn = isAnswered(burdened).then(
          () => true,
          () => false,
        )
        context.scratch.set('goesOn', await goesOn)
      })
    }),
    step('push more than anybody needs', async (context) => {
      const { parallelRepliesMax } = context.cluster.promises
      if (parallelRepliesMax === undefined) return
      const greedy = await context.client('carol', 'n1')
      const startedMs = context.clock.monotonicMs()
      const ask = async () => {
        const { status } = await greedy.ask('valid', 'parallel_slow_ping', {}, manyWithinMs)
        return { status, tookMs: context.clock.monotonicMs() - startedMs }
      }
      await watchingStalls(context, 'n1', async () => {
        context.scratch.set('many', await Promise.all(Array.from({ length: parallelRepliesMax + moreCount }, ask)))
      })
    }),
  ],
  expectations: [
    afterIfPromised(
      'parallelRepliesMax',
      3,
      'a client cannot start any number of them, and all are answered',
      async (context) => {
        const atOnceMax = context.cluster.promises.parallelRepliesMax!
        const many = context.scratch.get('many') as { status: string; tookMs: number }[]
        const first = many.filter(({ tookMs }) => tookMs < 2 * slowMsOf(context) - toleranceMs)
        if (first.length > atOnceMax) throw new Error(`${first.length} went on at once, and at most ${atOnceMax} may`)
        const failed = many.filter(({ status }) => status === 'error')
        if (failed.length > 0)
          throw new Error(`${failed.length} of ${many.length} were refused instead of made to wait`)
        const forgotten = many.filter(({ status }) => status === 'timeout')
        if (forgotten.length > 0)
          mustTakeAtMost(context, manyWithinMs, 4 * slowMsOf(context), `${forgotten.length} were never answered`)
      },
    ),
    afterIfPromised('wholeHelloSockets', 2, 'who has left is told nothing more', async ({ scratch }) => {
      const frames = (scratch.get('leaver') as WireClient).frames().filter(([, , topic]) => topic === 'valid')
      const closedAt = frames.findIndex(([, , , event]) => event === 'phx_close')
      const late = frames.slice(closedAt + 1)
      if (closedAt < 0) throw new Error('the channel that was left was never closed')
      if (late.length > 0) throw new Error(`after the end of its channel came ${JSON.stringify(late[0])}`)
    }),
    after(2, 'whose channel crashes while much waits for it is read on', async (context) => {
      if (context.scratch.get('goesOn') !== true)
        mustTakeAtMost(context, answeredWithinMs, ownWithinMs, 'its heartbeat was not answered any more')
    }),
    after(2, 'beside the channel: all after one ping', async (context) => {
      const slowestMs = Math.max(...(context.scratch.get('beside') as number[]))
      mustTakeAtMost(context, slowestMs, 2.5 * slowMsOf(context), `the slowest took ${slowestMs.toFixed(0)} ms`)
    }),
    after(2, 'inside it: the second after two', async (context) => {
      const slowestMs = Math.max(...(context.scratch.get('inside') as number[]))
      if (slowestMs < 2 * slowMsOf(context) - toleranceMs) throw new Error(`the second took ${slowestMs.toFixed(0)} ms`)
    }),
  ],
  checkers: [joinedTopics],
})

async function leaveWithThreeUnderWay(context: ScenarioContext) {
  const leaver = await context.wire('leaver', 'n1', { path: '/stats_socket/websocket' })
  leaver.send(['1', '1', 'valid', 'phx_join', {}])
  for (const ref of ['2', '3', '4']) leaver.send(['1', ref, 'valid', 'parallel_slow_ping', {}])
  leaver.send(['1', '5', 'valid', 'phx_leave', {}])
  await leaver.receive('the answer to its leave', ([, ref]) => ref === '5')
  context.scratch.set('leaver', leaver)
}

/** What waits is lost with its channel. */
async function crashWithMuchWaiting(context: ScenarioContext) {
  context.provoke('an event that nobody handles crashes its channel', ['burdened'])
  const burdened = await context.wire('burdened', 'n1', { path: '/stats_socket/websocket' })
  burdened.send(['1', '1', 'valid', 'phx_join', {}])
  burdened.send(['1', '2', 'valid', 'slow_ping', {}])
  burdened.send(['1', '3', 'valid', 'unknown', {}])
  for (let n = 1; n <= waitingCount; n += 1) burdened.send(['1', `waiting ${n}`, 'valid', 'ping', {}])
  return burdened
}

/** Whatever was sent to it before has come. */
async function isAnswered(client: WireClient) {
  client.send([null, 'fence', 'phoenix', 'heartbeat', {}])
  await client.receive('the answer to a heartbeat', ([, ref]) => ref === 'fence')
}
