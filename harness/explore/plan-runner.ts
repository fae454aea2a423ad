import { join } from 'node:path'
import { storyOf } from '../apps/store/plan-scenario.ts'
import type { Io } from '../cli/command.ts'
import { baseOptions } from '../cli/run.ts'
import type { Plan } from '../plans/plan.ts'
import { multiplex } from '../reporters/multiplexer.ts'
import { runAll } from '../runner/run.ts'
import type { Premises } from '../runner/run-environment.ts'
import { outFolder } from '../runner/run-folder.ts'
import { makeSurer, scout, shrinkSimulated } from '../simulation/campaign.ts'
import type { ScenarioResult } from '../verdict/result.ts'

/** A plan and what came of its story. */
export interface Told {
  plan: Plan
  result: ScenarioResult
  /** Of the run that told it. */
  folder: string
}

interface TellerOptions {
  jobs: number
  out?: string
  defect?: readonly string[]
  /** The same for all that is told: a story needs a cluster of its own, and no more. */
  premises: Premises
}

export type Teller = ReturnType<typeof createTeller>

/** Tells the stories of plans side by side. */
export function createTeller({ jobs, out, defect = [], premises }: TellerOptions, io: Io) {
  let lastStory = 0
  return {
    jobs,
    /** The smallest plan that fails so in a simulation; undefined where none does. */
    inSimulation: (plan: Plan, laws: readonly string[]) => shrinkSimulated(plan, laws, defect),
    /** A plan like it that fails more often in a simulation; undefined where it never does. */
    surer: (plan: Plan, laws: readonly string[], goesOn: () => boolean) => makeSurer(plan, laws, defect, goesOn),
    /** What a simulation of so long finds to be worth telling. */
    scout(seed: number, withinMs: number) {
      const deadlineMs = io.clock.monotonicMs() + withinMs
      return scout(seed, defect, () => !io.interruption.by() && io.clock.monotonicMs() < deadlineMs)
    },
    /** Those that Ctrl-C did not let begin are left out. */
    async tell(plans: readonly Plan[]): Promise<Told[]> {
      const stories = plans.map((plan) => {
        lastStory += 1
        return { plan, story: storyOf(plan, `explore/story-${lastStory}`) }
      })
      const run = await runAll({
        ...baseOptions({ jobs }, io),
        out: join(outFolder(io, out), 'explore'),
        suite: 'explore',
        scenarios: stories.map(({ story }) => story),
        seed: plans[0]!.seed,
        nodes: 3,
        defects: defect,
        reporter: multiplex({}, () => {}),
        premises,
      })
      return stories.flatMap(({ plan, story }) => {
        const result = run.scenarios.find(({ id }) => id === story.id)
        return result ? [{ plan, result, folder: run.folder }] : []
      })
    },
  }
}

export const marks = { passed: '✓', unknown: '?', violated: '✗' } as const

/** What kept a story from passing, one line each. */
export const findings = ({ checks, outcome }: ScenarioResult): string[] =>
  checks
    .filter((one) => one.outcome !== 'valid' && (one.outcome === 'invalid') === (outcome === 'violated'))
    .map(({ name, why }) => `${name}: ${why}`)
