import { after, type Cast, joinedTopics, scenario, step, type WireClient } from '../../harness/index.ts'

const delayMs = 800
/** Each takes up to a second; together always longer than a heartbeat may wait. */
const pings = 7
const beatMaxMs = 800

export default scenario({
  id: 'channels/slow-handler',
  title: 'a slow handler holds up its own channel only',
  define:
    'While the ping handler of a node is slow, another event on another topic of the same connection is answered at once.',
  covers: ['CH-4', 'CH-5', 'FI-11', 'NF-13', 'DF-35', 'RT-58', 'DF-52', 'DF-53'],
  steps: [
    step('one client joins two topics', async (cast) => {
      const client = await cast.client('carol', 'n1')
      await client.join('ping')
      await client.join('ping:other')
    }),
    step('make ping slow, push it, and push something else on the other topic', async (cast) => {
      await using _slow = await cast.nemesis.inject('handler.slow', 'n1', { handler: 'PingChannel.ping', delayMs })
      const client = await cast.client('carol', 'n1')
      const startedMs = cast.clock.monotonicMs()
      const slow = client.push('ping', 'ping', {}).then(() => cast.clock.monotonicMs() - startedMs)
      const fast = client.push('ping:other', 'param_ping', { n: 1 }).then(() => cast.clock.monotonicMs() - startedMs)
      cast.notes.set('slowMs', await slow).set('fastMs', await fast)
    }),
    step('keep another channel busy, and send heartbeats meanwhile', async (cast) => {
      const beating = await cast.wire('beating', 'n1')
      const busy = await cast.wire('busy', 'n1', { path: '/stats_socket/websocket' })
      busy.send(['1', '1', 'valid', 'phx_join', {}])
      for (let n = 1; n <= pings; n += 1) busy.send(['1', `ping-${n}`, 'valid', 'ping', {}])
      cast.notes.set(
        'beatMs',
        await worstBeatMs(cast, beating, () => busy.frames().some(([, ref]) => ref === `ping-${pings}`)),
      )
    }),
  ],
  expectations: [
    after(2, 'the slow one was slow, the other was not', async (cast) => {
      const [slowMs, fastMs] = [cast.notes.get('slowMs') as number, cast.notes.get('fastMs') as number]
      if (slowMs < delayMs || fastMs > delayMs / 2)
        throw new Error(`slow took ${slowMs.toFixed(0)} ms, fast ${fastMs.toFixed(0)} ms`)
    }),
    after(3, 'heartbeats were answered meanwhile', async (cast) => {
      const beatMs = cast.notes.get('beatMs') as number
      if (beatMs > beatMaxMs) throw new Error(`a heartbeat waited ${beatMs.toFixed(0)} ms`)
    }),
  ],
  laws: [joinedTopics],
})

/** Sends heartbeats until it is over; answers how long the slowest answer took. */
async function worstBeatMs({ clock }: Cast, beating: WireClient, isOver: () => boolean): Promise<number> {
  let worstMs = 0
  for (let beat = 1; !isOver(); beat += 1) {
    const sentMs = clock.monotonicMs()
    beating.send([null, `beat-${beat}`, 'phoenix', 'heartbeat', {}])
    await beating.receive('the answer to a heartbeat', ([, ref]) => ref === `beat-${beat}`, 10_000)
    worstMs = Math.max(worstMs, clock.monotonicMs() - sentMs)
  }
  return worstMs
}
