import {
  joinedTopics,
  pushesHandledOnce,
  recoveryTime,
  type ScenarioContext,
  scenariosFor,
} from '../../harness/index.ts'

const { scenario, step, after } = scenariosFor()

const topic = 'ping:counted'
const everyMs = 50
const cutMs = 3_000

/** Pushes again and again; how each ended is written down when it is known. */
async function pushFor(context: ScenarioContext, forMs: number, underWay: Promise<{ kind: string }>[]) {
  const client = await context.client('gus', 'n1')
  for (let left = forMs; left > 0; left -= everyMs) {
    const value = { channel: 'PingChannel', n: underWay.length }
    underWay.push(context.recorder.invoke('gus', 'push', value, () => client.push(topic, 'ping', {})))
    await context.clock.sleep(everyMs)
  }
}

export default scenario({
  id: 'channels/pushes-across-cuts',
  title: 'pushes around a lost connection are handled once or not at all',
  invariant:
    'A client pushes without a pause while its connection is reset and cut: what was answered was handled, nothing was handled twice, and what waited for the join was handled after it.',
  covers: ['AM-2', 'AM-10', 'FI-3', 'CH-103', 'CH-106', 'NF-2'],
  steps: [
    step('a client is joined and pushes', async (context) => {
      await (await context.client('gus', 'n1')).join(topic)
      context.scratch.set('pushes', [])
      await pushFor(context, 500, context.scratch.get('pushes') as never)
    }),
    step('reset its connection while it pushes', async (context) => {
      const pushing = pushFor(context, 1_500, context.scratch.get('pushes') as never)
      await using _reset = await context.nemesis.inject('link.reset', 'gus->n1')
      await pushing
    }),
    step('cut its link while it pushes', async (context) => {
      const client = await context.client('gus', 'n1')
      await context.until('gus is joined again', 10_000, () => client.joins().joined.length === 1)
      const pushing = pushFor(context, cutMs, context.scratch.get('pushes') as never)
      await using _cut = await context.nemesis.inject('link.cut', 'gus->n1')
      await pushing
    }),
    step('wait until it is known how each ended', async (context) => {
      const kinds = (await Promise.all(context.scratch.get('pushes') as Promise<{ kind: string }>[])).map(
        ({ kind }) => kind,
      )
      if (kinds.includes('ok')) context.reached('a push was answered')
      if (kinds.includes('unsure')) context.reached('a push was lost with its connection')
    }),
  ],
  sometimes: ['a push was answered', 'a push was lost with its connection'],
  expectations: [
    after(4, 'gus is joined', async (context) => {
      const client = await context.client('gus', 'n1')
      await context.until('gus is joined again', 10_000, () => client.joins().joined.length === 1)
    }),
  ],
  checkers: [pushesHandledOnce, recoveryTime(10_000), joinedTopics],
})
