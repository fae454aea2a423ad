import { type SystemPatch, unpatched } from '../cluster/system-patch.ts'
import type { Plan } from '../plans/plan.ts'
import type { Io } from '../platform/io.ts'
import { multiplex } from '../reporters/multiplexer.ts'
import { scenarioOfPlan } from '../runner/plan-scenario.ts'
import { runAll } from '../runner/run.ts'
import type { RunEnvironment } from '../runner/run-environment.ts'
import { exploreFolder } from '../runner/run-folder.ts'
import { baseOptions } from '../runner/run-options.ts'
import { amplifyInSimulation, scout, shrinkSimulated } from '../simulation/campaign.ts'
import type { ScenarioResult } from '../verdict/result.ts'

/** One run of a plan. */
export interface PlanRun {
  plan: Plan
  result: ScenarioResult
  /** Folder of the run. */
  folder: string
}

interface PlanRunnerOptions {
  jobs: number
  out?: string
  /** Default: the system as it is. */
  patch?: SystemPatch
  /** Shared by all plans: each needs a cluster of its own, but not a seeded database or browsers of its own. */
  environment: RunEnvironment
}

export type PlanRunner = ReturnType<typeof createPlanRunner>

/** Runs plans, several in parallel. */
export function createPlanRunner({ jobs, out, patch = unpatched, environment }: PlanRunnerOptions, io: Io) {
  let lastNumber = 0
  return {
    jobs,
    /** Returns the smallest plan that violates one of the checkers in the simulator; undefined where none does. */
    inSimulation: (plan: Plan, checkers: readonly string[]) => shrinkSimulated(plan, checkers, patch),
    /** Returns a similar plan that fails more often in the simulator; undefined where it never fails there. */
    amplify: (plan: Plan, checkers: readonly string[], goesOn: () => boolean) =>
      amplifyInSimulation(plan, checkers, patch, goesOn),
    /** Returns plans that fail in the simulator, found within the time given. */
    scout(seed: number, withinMs: number) {
      const deadlineMs = io.clock.monotonicMs() + withinMs
      return scout(seed, patch, () => !io.interruption.by() && io.clock.monotonicMs() < deadlineMs)
    },
    /** Plans that had not begun at an interruption are left out. */
    async run(plans: readonly Plan[]): Promise<PlanRun[]> {
      const scenarios = plans.map((plan) => {
        lastNumber += 1
        return { plan, scenario: scenarioOfPlan(plan, `explore/scenario-${lastNumber}`) }
      })
      const run = await runAll({
        ...baseOptions({ jobs }, io),
        out: exploreFolder(io, out),
        // In the name of the folder: several runs begin in the same second.
        suite: `explore/${lastNumber}`,
        scenarios: scenarios.map(({ scenario }) => scenario),
        seed: plans[0]!.seed,
        nodes: 3,
        patch,
        reporter: multiplex({}, () => {}),
        environment,
      })
      return scenarios.flatMap(({ plan, scenario }) => {
        const result = run.scenarios.find(({ id }) => id === scenario.id)
        return result ? [{ plan, result, folder: run.folder }] : []
      })
    },
  }
}

export const marks = { passed: '✓', unknown: '?', violated: '✗', flaky: '~' } as const

/** Returns why a scenario did not pass, one line for each verdict. */
export const findings = ({ checks, outcome }: ScenarioResult): string[] =>
  checks
    .filter((one) => one.outcome !== 'passed' && (one.outcome === 'violated') === (outcome === 'violated'))
    .map(({ name, why }) => `${name}: ${why}`)
