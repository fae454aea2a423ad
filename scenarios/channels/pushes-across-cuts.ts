import { after, type Cast, joinedTopics, pushesHandledOnce, recoveryTime, scenario, step } from '../../harness/index.ts'

const topic = 'ping:counted'
const everyMs = 50
const cutMs = 3_000

/** Pushes again and again; how each ended is written down when it is known. */
async function pushFor(cast: Cast, forMs: number, underWay: Promise<{ kind: string }>[]) {
  const client = await cast.client('gus', 'n1')
  for (let left = forMs; left > 0; left -= everyMs) {
    const value = { channel: 'PingChannel', n: underWay.length }
    underWay.push(cast.recorder.invoke('gus', 'push', value, () => client.push(topic, 'ping', {})))
    await cast.clock.sleep(everyMs)
  }
}

export default scenario({
  id: 'channels/pushes-across-cuts',
  title: 'pushes around a lost connection are handled once or not at all',
  define:
    'A client pushes without a pause while its connection is reset and cut: what was answered was handled, nothing was handled twice, and what waited for the join was handled after it.',
  covers: ['AM-2', 'AM-10', 'FI-3', 'CH-103', 'CH-106', 'NF-2'],
  steps: [
    step('a client is joined and pushes', async (cast) => {
      await (await cast.client('gus', 'n1')).join(topic)
      cast.notes.set('pushes', [])
      await pushFor(cast, 500, cast.notes.get('pushes') as never)
    }),
    step('reset its connection while it pushes', async (cast) => {
      const pushing = pushFor(cast, 1_500, cast.notes.get('pushes') as never)
      await using _reset = await cast.nemesis.inject('link.reset', 'gus->n1')
      await pushing
    }),
    step('cut its link while it pushes', async (cast) => {
      const client = await cast.client('gus', 'n1')
      await cast.until('gus is joined again', 10_000, () => client.joins().joined.length === 1)
      const pushing = pushFor(cast, cutMs, cast.notes.get('pushes') as never)
      await using _cut = await cast.nemesis.inject('link.cut', 'gus->n1')
      await pushing
    }),
    step('wait until it is known how each ended', async (cast) => {
      const kinds = (await Promise.all(cast.notes.get('pushes') as Promise<{ kind: string }>[])).map(({ kind }) => kind)
      if (kinds.includes('ok')) cast.reached('a push was answered')
      if (kinds.includes('unsure')) cast.reached('a push was lost with its connection')
    }),
  ],
  sometimes: ['a push was answered', 'a push was lost with its connection'],
  expectations: [
    after(4, 'gus is joined', async (cast) => {
      const client = await cast.client('gus', 'n1')
      await cast.until('gus is joined again', 10_000, () => client.joins().joined.length === 1)
    }),
  ],
  laws: [pushesHandledOnce, recoveryTime(10_000), joinedTopics],
})
