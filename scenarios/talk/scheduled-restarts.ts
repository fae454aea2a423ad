import { oneRunPerJob, type ScenarioContext, scenariosFor } from '../../harness/index.ts'

const { scenario, step, after } = scenariosFor('talk')
type Context = ScenarioContext<'talk'>

const periodMs = 8_000
const upMs = 1_500
const restarts = 7

export default scenario({
  id: 'talk/scheduled-restarts',
  title: 'a node is restarted so often that no timer of a period ends',
  invariant: 'Work that is due in every period is done about once in each, however often the node is restarted.',
  covers: ['AT-51', 'RT-42', 'RT-43', 'DF-106'],
  nightlyBecause: 'it restarts a node seven times',
  expectedDurationMs: (restarts + 1) * upMs + 2 * periodMs,
  given: { nodes: 1, env: { TALK_SCHEDULE_MS: String(periodMs) } },
  steps: [
    step('restart the node long before a period is over, again and again', async (context) => {
      const startedMs = context.clock.monotonicMs()
      const before = await runCount(context)
      for (let n = 0; n < restarts; n += 1) {
        await context.clock.sleep(upMs)
        const stop = await context.nemesis.inject('node.stop', 'n1')
        await stop.heal()
      }
      await context.clock.sleep(upMs)
      context.scratch.set('runs', (await runCount(context)) - before)
      context.scratch.set('tookMs', context.clock.monotonicMs() - startedMs)
    }),
    step('kill the actor that keeps the time', async (context) => {
      const kill = await context.nemesis.inject('actor.kill', 'n1/Talk.Schedule')
      await kill.heal()
      context.scratch.set('before', await runCount(context))
    }),
  ],
  expectations: [
    after(1, 'the work was done in every period', async (context) => {
      const { runs, tookMs } = measured(context)
      const due = Math.floor(tookMs / periodMs)
      if (due < 2) context.notReached(`the restarts took ${tookMs} ms, less than two periods`)
      if (runs === 0) throw new Error(`never done: 0 runs in ${due} periods of ${periodMs} ms`)
      // Two runs are a period apart, and the step can begin right before one.
      if (runs > due + 1) throw new Error(`done too often: ${runs} runs in ${due} periods of ${periodMs} ms`)
    }),
    after(2, 'the work is done again', (context) =>
      context.until('it is done again', 3 * periodMs, async () => {
        const before = context.scratch.get('before') as number
        return (await runCount(context)) > before
      }),
    ),
  ],
  checkers: [oneRunPerJob],
})

const measured = ({ scratch }: Context) => ({
  runs: scratch.get('runs') as number,
  tookMs: scratch.get('tookMs') as number,
})

const runCount = async (context: Context) =>
  (await context.jobs()).jobs.filter(({ id }) => id.startsWith('clean-up:')).length
