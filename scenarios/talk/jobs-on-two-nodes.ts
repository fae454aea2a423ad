import { oneRunPerJob, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustBe, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('talk')
type Context = ScenarioContext<'talk'>

const jobMs = 400
/** How long a job takes on the node that is killed: long enough to be killed in the middle. */
const longMs = 2_000
const claimMs = 3_000
const eachTime = 8
const overWithinMs = 20_000

export default scenario({
  id: 'talk/jobs-on-two-nodes',
  title: 'two nodes share jobs, and one is killed in the middle of one',
  invariant:
    'Each job is run by one of the two nodes; the job that a killed node had begun is run again by the other one when its claim is over: at least once, and never by two at a time.',
  covers: ['AT-51', 'RT-51', 'RT-79', 'DF-107', 'FI-2'],
  nightlyBecause: 'it waits until the claim of a dead node is over',
  expectedDurationMs: 12_000,
  given: {
    nodes: 2,
    env: { TALK_JOB_MS: String(jobMs), TALK_CLAIM_MS: String(claimMs), TALK_LOOK_MS: '1000' },
  },
  sometimes: ['a job of the killed node is begun again'],
  steps: [
    step('add jobs on both nodes', async (context) => {
      await addJobs(context, ['n1', 'n2'])
      context.scratch.set('all ended', await allEnd(context))
      context.scratch.set('first', await ownJobs(context))
    }),
    step('kill n2 while it works, and start it again', async (context) => {
      await context.setStub('n2', { name: 'job', delayMs: longMs })
      await addJobs(context, ['n1'])
      await context.until('n2 is at work', overWithinMs, () => isAtWork(context, 'n2'))
      const kill = await context.nemesis.inject('node.kill', 'n2')
      await kill.heal()
      await allEnd(context)
      if ((await context.jobs()).jobs.some(({ attempt }) => attempt > 1))
        context.reached('a job of the killed node is begun again')
    }),
  ],
  expectations: [
    after(1, 'both nodes took part, and each job was run once', async ({ scratch, notReached }) => {
      const { runs } = scratch.get('first') as Awaited<ReturnType<typeof ownJobs>>
      const nodes = [...new Set(runs.map(({ node }) => node))].toSorted()
      if (!scratch.get('all ended')) notReached('the jobs did not end in time')
      mustBe([nodes, runs.length], [['n1', 'n2'], 2 * eachTime], 'the nodes that ran jobs, and the runs')
    }),
    after(2, 'all jobs have ended', async (context) => {
      // What waits may only be late.
      if (!(await allEnd(context))) context.notReached('the jobs did not end in time')
      const { jobs } = await ownJobs(context)
      mustBe([jobs.length, jobs.filter(({ ended }) => !ended).length], [3 * eachTime, 0], 'jobs, and those not ended')
    }),
  ],
  checkers: [oneRunPerJob],
})

async function addJobs(context: Context, nodes: readonly string[]) {
  for (let n = 0; n < eachTime; n += 1)
    for (const node of nodes) succeeded(await context.addJob(node), `adding a job on ${node}`)
}

/** Those of the scenario: the nodes add one of their own in each hour. */
async function ownJobs(context: Context) {
  const { jobs, runs } = await context.jobs()
  const isOwn = (id: string) => !id.startsWith('clean-up:')
  return { jobs: jobs.filter(({ id }) => isOwn(id)), runs: runs.filter(({ job }) => isOwn(job)) }
}

const isAtWork = async (context: Context, name: string) =>
  (await context.jobs()).runs.some(({ node, ended }) => node === name && !ended)

/** What does not end is for the checker to judge. */
const allEnd = (context: Context) =>
  context
    .until('all jobs have ended', overWithinMs, async () => (await context.jobs()).jobs.every(({ ended }) => ended))
    .catch(() => false)
