import {
  joinedTopics,
  presenceMatchesReality,
  type ScenarioContext,
  scenariosFor,
  type WireClient,
  withApp,
} from '../../harness/index.ts'
import { measuredMs, mustTakeAtMost, watchingStalls } from '../stalls.ts'
import { enterAllKinds } from '../support.ts'

const { scenario, step, after } = scenariosFor()

const handler = 'PingChannel.ping'
const delayMs = 800
/** Each takes up to a second; together always longer than a heartbeat may wait. */
const pings = 7
const beatMaxMs = 800

export default scenario({
  id: 'channels/slow-handler',
  title: 'a slow handler holds up its own channel only',
  invariant:
    'While the ping handler of a node is slow, another event on another topic of the same connection is answered at once.',
  covers: ['CH-4', 'CH-5', 'FI-11', 'NF-13', 'DF-35', 'RT-58', 'DF-52', 'DF-53'],
  tags: ['browser'],
  steps: [
    step('one client joins two topics', async (context) => {
      const client = await context.client('carol', 'n1')
      await client.join('ping')
      await client.join('ping:other')
      const shop = withApp(context, 'store')
      if (shop) await enterAllKinds(shop, 'n1')
    }),
    step('make ping slow, push it, and push something else on the other topic', async (context) => {
      const { control } = context.cluster.node('n1')
      const canSlowDown = await context.isOffered(() => control.delay(handler, 0))
      await using _slow = canSlowDown
        ? await context.nemesis.inject('handler.slow', 'n1', { handler, delayMs })
        : undefined
      const client = await context.client('carol', 'n1')
      const startedMs = context.clock.monotonicMs()
      const tookMs = () => context.clock.monotonicMs() - startedMs
      const slow = (canSlowDown ? client.push('ping', 'ping', {}) : slowByItself(context)).then(tookMs)
      const fast = client.push('ping:other', 'param_ping', { n: 1 }).then(tookMs)
      await watchingStalls(context, 'n2', async () => {
        context.scratch.set('slowMs', await slow).set('fastMs', await fast)
      })
    }),
    step('keep another channel busy, and send heartbeats meanwhile', async (context) => {
      const beating = await context.wire('beating', 'n1')
      const busy = await context.wire('busy', 'n1', { path: '/stats_socket/websocket' })
      busy.send(['1', '1', 'valid', 'phx_join', {}])
      const beatMs = await measuredMs(context, 'n2', beatMaxMs, (round) => {
        for (let n = 1; n <= pings; n += 1) busy.send(['1', `ping-${round}-${n}`, 'valid', 'ping', {}])
        const isDone = () => busy.frames().some(([, ref]) => ref === `ping-${round}-${pings}`)
        return worstBeatMs(context, beating, `beat-${round}`, isDone)
      })
      context.scratch.set('beatMs', beatMs)
    }),
  ],
  expectations: [
    after(2, 'the slow one was slow, the other was not', async (context) => {
      const [slowMs, fastMs] = [context.scratch.get('slowMs') as number, context.scratch.get('fastMs') as number]
      const sentence = `slow took ${slowMs.toFixed(0)} ms, fast ${fastMs.toFixed(0)} ms`
      if (slowMs < delayMs) throw new Error(sentence)
      mustTakeAtMost(context, fastMs, delayMs / 2, sentence)
    }),
    after(3, 'heartbeats were answered meanwhile', async (context) => {
      const beatMs = context.scratch.get('beatMs') as number
      mustTakeAtMost(context, beatMs, beatMaxMs, `a heartbeat waited ${beatMs.toFixed(0)} ms`)
    }),
  ],
  checkers: [joinedTopics],
  alsoWith: { app: 'store', checkers: [presenceMatchesReality] },
})

/** Where nobody can slow a handler down, the one that is slow on purpose has to do. */
async function slowByItself(context: ScenarioContext) {
  const client = await context.client('sam', 'n1', { socket: '/stats_socket' })
  await client.join('valid')
  return client.push('valid', 'slow_ping', {})
}

/** Sends heartbeats until it is over; returns how long the slowest answer took. */
async function worstBeatMs(
  { clock }: ScenarioContext,
  beating: WireClient,
  name: string,
  isOver: () => boolean,
): Promise<number> {
  let worstMs = 0
  for (let beat = 1; !isOver(); beat += 1) {
    const sentMs = clock.monotonicMs()
    beating.send([null, `${name}-${beat}`, 'phoenix', 'heartbeat', {}])
    await beating.receive('the answer to a heartbeat', ([, ref]) => ref === `${name}-${beat}`, 10_000)
    worstMs = Math.max(worstMs, clock.monotonicMs() - sentMs)
  }
  return worstMs
}
