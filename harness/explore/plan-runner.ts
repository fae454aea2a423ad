import { join } from 'node:path'
import type { Io } from '../cli/command.ts'
import { baseOptions } from '../cli/run.ts'
import type { Plan } from '../plans/plan.ts'
import { multiplex } from '../reporters/multiplexer.ts'
import { scenarioOfPlan } from '../runner/plan-scenario.ts'
import { runAll } from '../runner/run.ts'
import type { RunEnvironment } from '../runner/run-environment.ts'
import { outFolder } from '../runner/run-folder.ts'
import { amplifyInSimulation, scout, shrinkSimulated } from '../simulation/campaign.ts'
import type { ScenarioResult } from '../verdict/result.ts'

/** A plan and what came of its scenario. */
export interface PlanRun {
  plan: Plan
  result: ScenarioResult
  /** Of the run that told it. */
  folder: string
}

interface PlanRunnerOptions {
  jobs: number
  out?: string
  defect?: readonly string[]
  /** The same for all that is told: a scenario needs a cluster of its own, and no more. */
  environment: RunEnvironment
}

export type PlanRunner = ReturnType<typeof createPlanRunner>

/** Tells the scenarios of plans in parallel. */
export function createPlanRunner({ jobs, out, defect = [], environment }: PlanRunnerOptions, io: Io) {
  let lastStory = 0
  return {
    jobs,
    /** The smallest plan that fails so in a simulation; undefined where none does. */
    inSimulation: (plan: Plan, checkers: readonly string[]) => shrinkSimulated(plan, checkers, defect),
    /** A plan like it that fails more often in a simulation; undefined where it never does. */
    amplify: (plan: Plan, checkers: readonly string[], goesOn: () => boolean) =>
      amplifyInSimulation(plan, checkers, defect, goesOn),
    /** What a simulation of so long finds to be worth telling. */
    scout(seed: number, withinMs: number) {
      const deadlineMs = io.clock.monotonicMs() + withinMs
      return scout(seed, defect, () => !io.interruption.by() && io.clock.monotonicMs() < deadlineMs)
    },
    /** Those that Ctrl-C did not let begin are left out. */
    async run(plans: readonly Plan[]): Promise<PlanRun[]> {
      const scenarios = plans.map((plan) => {
        lastStory += 1
        return { plan, story: scenarioOfPlan(plan, `explore/scenario-${lastStory}`) }
      })
      const run = await runAll({
        ...baseOptions({ jobs }, io),
        out: join(outFolder(io, out), 'explore'),
        suite: 'explore',
        scenarios: scenarios.map(({ story }) => story),
        seed: plans[0]!.seed,
        nodes: 3,
        defects: defect,
        reporter: multiplex({}, () => {}),
        environment,
      })
      return scenarios.flatMap(({ plan, story }) => {
        const result = run.scenarios.find(({ id }) => id === story.id)
        return result ? [{ plan, result, folder: run.folder }] : []
      })
    },
  }
}

export const marks = { passed: '✓', unknown: '?', violated: '✗' } as const

/** What kept a scenario from passing, one line each. */
export const findings = ({ checks, outcome }: ScenarioResult): string[] =>
  checks
    .filter((one) => one.outcome !== 'passed' && (one.outcome === 'violated') === (outcome === 'violated'))
    .map(({ name, why }) => `${name}: ${why}`)
