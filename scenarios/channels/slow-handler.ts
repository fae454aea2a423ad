import { after, joinedTopics, scenario, step } from '../../harness/index.ts'

const delayMs = 800

export default scenario({
  id: 'channels/slow-handler',
  title: 'a slow handler holds up its own channel only',
  define:
    'While the ping handler of a node is slow, another event on another topic of the same connection is answered at once.',
  covers: ['CH-4', 'CH-5', 'FI-11', 'NF-13', 'DF-35'],
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
  ],
  expectations: [
    after(2, 'the slow one was slow, the other was not', async (cast) => {
      const [slowMs, fastMs] = [cast.notes.get('slowMs') as number, cast.notes.get('fastMs') as number]
      if (slowMs < delayMs || fastMs > delayMs / 2)
        throw new Error(`slow took ${slowMs.toFixed(0)} ms, fast ${fastMs.toFixed(0)} ms`)
    }),
  ],
  laws: [joinedTopics],
})
