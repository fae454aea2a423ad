import type { Workload } from '../app.ts'
import { apps } from '../apps/index.ts'
import { workloadOf, workloads } from '../apps/workloads.ts'
import type { CoreContext, Injected } from '../context.ts'
import { readCorpus } from '../plans/corpus.ts'
import { type Action, describeFaults, nodes, type Plan, type PlannedFault } from '../plans/plan.ts'
import { within } from '../platform/within.ts'
import { checkedScenario, type Scenario } from '../scenario.ts'
import { actionWithinMs, pointWithinMs, readyWithinMs, roundMs } from '../timing.ts'

/**
 * The scenario of a plan. Everybody does one thing after the other and nobody waits for anybody else; how it ended stands in the history.
 * Throws when no application knows the plan.
 */
export function scenarioOfPlan(
  plan: Plan,
  id: string,
  { title, covers }: Partial<Pick<Scenario, 'title' | 'covers'>> = {},
): Scenario {
  const workload = workloadOf(plan)
  const { enter, finish } = workload
  const rounds = createRounds(plan, workload)
  const steps: Scenario['steps'] = [
    enter,
    ...plan.rounds.map((actions, round) => ({
      title: `round ${round + 1}`,
      run: (context: CoreContext) => rounds.run(context, round, actions),
    })),
    { title: 'mend everything, and let everybody finish', run: (context) => mend(context, rounds, workload) },
    finish,
  ]
  const everythingWorks = {
    after: steps.length,
    title: 'everything works again',
    check: (context: CoreContext) => workload.everythingWorks(context),
  }
  const one: Scenario = {
    id,
    title: title ?? `a random scenario: ${describeFaults(plan)}`,
    invariant: 'Whatever is done and whatever breaks, every invariant holds when all is mended.',
    covers: covers ?? ['FI-18'],
    apps: [plan.app],
    tags: ['browser'],
    given: { nodes: nodes.length, pubsub: 'mesh', ...workload.given },
    plan,
    steps,
    expectations: [everythingWorks],
    checkers: [...workload.checkers],
  }
  return checkedScenario(one, apps)
}

/** The scenarios of the corpus, by the names of their files. Throws a sentence that names the file and what is wrong with it. */
export const corpusScenarios = (root: string): Scenario[] =>
  readCorpus(root, workloads).map(({ plan, name, title, covers }) =>
    scenarioOfPlan(plan, `corpus/${name}`, { title, covers }),
  )

type Rounds = ReturnType<typeof createRounds>

function createRounds(plan: Plan, workload: Workload) {
  const doing: Promise<unknown>[] = []
  const turns = new Map<string, Promise<unknown>>()
  const active = new Map<PlannedFault, Injected>()
  const begin = async (context: CoreContext, fault: PlannedFault) =>
    void active.set(fault, await context.nemesis.inject(fault.kind, fault.target, fault.options))

  /** Returns what waits for the point and begins the fault there. */
  const awaited = async (context: CoreContext, fault: PlannedFault, when: NonNullable<PlannedFault['when']>) => {
    const { passed } = await context.armTrigger(when, pointWithinMs)
    return async () => {
      await passed
      await begin(context, fault)
    }
  }

  function start(context: CoreContext, action: Action) {
    const actor = workload.actorOf(action)
    const own = Promise.resolve(actor && turns.get(actor)).then(() =>
      within(context.clock, actionWithinMs, workload.run(context, action)),
    )
    if (actor) turns.set(actor, own)
    doing.push(own)
  }

  return {
    async run(context: CoreContext, round: number, actions: readonly Action[]) {
      const begun = plan.faults.filter(({ fromRound }) => fromRound === round)
      for (const fault of begun.filter(({ when }) => !when)) await begin(context, fault)
      const later = await Promise.all(begun.map((fault) => fault.when && awaited(context, fault, fault.when)))
      for (const action of actions) start(context, action)
      await Promise.all([context.clock.sleep(roundMs), ...later.map((passed) => passed?.())])
      for (const fault of plan.faults) if (fault.toRound === round) await active.get(fault)?.heal()
    },
    /** Resolves when all that was begun has ended. */
    everythingDone: () => Promise.all(doing),
  }
}

async function mend(context: CoreContext, rounds: Rounds, workload: Workload) {
  await context.nemesis.healEverything()
  await rounds.everythingDone()
  await context.until('every node is ready and sees the others', readyWithinMs, async () => {
    const states = await Promise.all(context.cluster.nodes.map(({ control }) => control.ready()))
    return states.every(({ ready, peers }) => ready && Object.values(peers ?? {}).every((isThere) => isThere))
  })
  await workload.recover(context)
}
