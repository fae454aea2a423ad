import { resourceLimitKept, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustBe } from '../support.ts'

const { scenario, step, after } = scenariosFor('workshop')

const useMs = 50
const limit = 15
const burstsMax = 3
/** Few enough that one consumer needs two seconds, and many enough that three can be seen at work together. */
const events = 40
/** So many must still wait when two more consumers come, or they have nothing to do. */
const leftLeast = 9

type Context = ScenarioContext<'workshop'>
type Burst = Awaited<ReturnType<Context['burst']>>

export default scenario({
  id: 'workshop/at-its-limit',
  title: 'a resource at its limit refuses, recovers, and is shared by consumers that come while events wait',
  invariant:
    'At most 15 are inside MockResource at any moment, whichever endpoint they come by; who is refused gets 500; below the limit nobody is; and a pipeline uses it with as many at once as it has consumers.',
  covers: [
    'AT-48',
    'NF-14',
    'MR-1',
    'MR-2',
    'MR-6',
    'MR-7',
    'MR-8',
    'MR-13',
    'MR-14',
    'MR-15',
    'MR-17',
    'MR-19',
    'DF-37',
    'DF-38',
    'DF-47',
  ],
  given: { nodes: 1, env: { WORKSHOP_RESOURCE_MS: String(useMs), WORKSHOP_LIMIT: String(limit) } },
  steps: [
    step('somebody watches the panel of part 1', async (context) => {
      const panel = await context.panel('wendy', 'n1', '/part1')
      context.scratch.set('panel', panel)
      mustBe(await panel.shown('inside'), 0, 'inside before there is load')
    }),
    step('50 at once, serial', async (context) => {
      const highest = watchPanel(context)
      context.scratch.set('serial', await context.burst('n1', 'serial', 600, 50))
      // A browser that is slow shows it later: it is loaded until the panel has had time to follow.
      for (let more = 0; more < burstsMax && highest.sofar() < 1; more += 1)
        await context.burst('n1', 'serial', 600, 50)
      context.scratch.set('highest', await highest.end())
    }),
    step('50 at once, async', async (context) => {
      context.scratch.set('async', await context.burst('n1', 'async', 300, 50))
    }),
    step('10 at once, serial', async (context) => {
      await context.until('the resource is free', 10_000, async () => (await counts(context)).inside === 0)
      context.scratch.set('below', await context.burst('n1', 'serial', 40, 10))
    }),
    step('events for one consumer, and two more consumers', async (context) => {
      context.scratch.set('events', await context.burst('n1', 'genstage', events, 20))
      await context.workshop('n1').setConsumers(3)
      context.scratch.set('left', (await counts(context)).unprocessed)
      await context.until('all events are processed', 20_000, async () => (await counts(context)).unprocessed === 0)
      context.scratch.set('run', await context.workshop('n1').run())
      await context.workshop('n1').setConsumers(1)
    }),
  ],
  expectations: [
    after(2, 'some are refused, and every other one is answered', async (context) => {
      const { ok, refused, others, count } = reachedLimit(context, 'serial')
      mustBe([ok > 0, refused > 0, others, ok + refused], [true, true, 0, count], '200s, 500s, others and all')
    }),
    after(2, 'the panel followed the load', async (context) => {
      const highest = context.scratch.get('highest') as number
      if (highest < 1 || highest > limit) throw new Error(`the panel showed ${highest} inside at most`)
      const panel = context.scratch.get('panel') as Awaited<ReturnType<Context['panel']>>
      await context.until('the panel shows 0', 10_000, async () => (await panel.shown('inside')) === 0)
    }),
    after(3, 'async is refused at the same limit', async (context) =>
      mustBe(
        [reachedLimit(context, 'async').refused > 0, burst(context, 'async').others],
        [true, 0],
        '500s and others',
      ),
    ),
    after(4, 'nobody is refused when the load has dropped', async (context) =>
      mustBe(burst(context, 'below').ok, 40, '200s'),
    ),
    after(5, 'every event was accepted at once and processed once', async (context) => {
      mustBe(burst(context, 'events').ok, events, '200s')
      const { processed, dropped, lost } = await counts(context)
      mustBe([processed, dropped, lost], [events, 0, 0], 'processed, dropped and lost')
    }),
    after(5, 'three consumers were at work together, and no more', async (context) => {
      const { insideMax } = context.scratch.get('run') as { insideMax: number }
      const left = Number(context.scratch.get('left'))
      if (left < leftLeast) context.notReached(`${left} events were left when two more consumers came`)
      mustBe(insideMax, 3, 'the most uses at once')
    }),
  ],
  checkers: [resourceLimitKept],
})

const counts = async (context: Context) => (await context.workshop('n1').panel()).counts

const burst = (context: Context, name: string) => context.scratch.get(name) as Burst

/** A load that comes too slowly never meets the limit, and nobody has to be refused. */
function reachedLimit(context: Context, name: string): Burst {
  const { insideMax } = burst(context, name)
  if (insideMax < limit) context.notReached(`at most ${insideMax} of ${limit} were inside at once (${name})`)
  return burst(context, name)
}

/** Looks at the number of the panel until it is asked for the highest. */
function watchPanel({ scratch, clock }: Context): { sofar(): number; end(): Promise<number> } {
  const panel = scratch.get('panel') as Awaited<ReturnType<Context['panel']>>
  let isOver = false
  let highest = 0
  const watching = (async () => {
    while (!isOver) {
      highest = Math.max(highest, await panel.shown('inside'))
      await clock.sleep(20)
    }
    return highest
  })()
  return {
    sofar: () => highest,
    end() {
      isOver = true
      return watching
    },
  }
}
