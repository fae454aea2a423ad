import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type SystemPatch, unpatched } from '../../cluster/system-patch.ts'
import type { Clock } from '../../platform/clock.ts'
import { multiplex } from '../../reporters/multiplexer.ts'
import { runAll } from '../../runner/run.ts'
import type { RunEnvironment } from '../../runner/run-environment.ts'
import type { Scenario } from '../../scenario.ts'
import type { RunResult } from '../../verdict/result.ts'
import type { Coverage, CoverageStore } from '../coverage.ts'
import type { Mutant } from '../mutant.ts'
import { patchWith } from '../mutant-patch.ts'
import { witnessesOf } from '../order.ts'
import { secondsSince } from './simulation.ts'
import type { Tier, TierResult } from './tier.ts'

export interface ScenarioTools {
  root: string
  scenarios: readonly Scenario[]
  seed: number
  /** For the folders of runs. */
  out: string
  environment: RunEnvironment
  clock: Clock
  interruptedBy(): 'SIGINT' | 'SIGTERM' | undefined
}

interface ScenarioTierOptions extends ScenarioTools {
  recorded: readonly Coverage[]
  /** Scenarios for each mutant. */
  most: number
  sourceOf(path: string): string
  goesOn(): boolean
  /** What a scenario said of a mutant in an earlier run of this command. */
  memory: ScenarioMemory
}

export interface ScenarioMemory {
  find(mutant: Mutant, scenario: string): ScenarioAnswer | undefined
  keep(mutant: Mutant, scenario: string, answer: ScenarioAnswer): void
}

export interface ScenarioAnswer {
  outcome: RunResult['outcome']
  by: string
  why: string
}

/** A node that does not even start with the mutant keeps every scenario waiting. */
const unknownMost = 3

/** The scenarios that execute the changed place, on real clusters, until one says `violated`. */
export function scenarioTier(options: ScenarioTierOptions): Tier {
  const { root, recorded, most, sourceOf, goesOn, clock, memory } = options

  async function judge(mutant: Mutant): Promise<TierResult> {
    const startedMs = clock.monotonicMs()
    const end = (result: Omit<TierResult, 'seconds'>) => ({ ...result, seconds: secondsSince(startedMs, clock) })
    const witnesses = witnessesOf(mutant, sourceOf(mutant.path), recorded).map(({ id }) => id)
    if (witnesses.length === 0) return end({ outcome: 'skipped', why: 'no scenario executes the place' })
    const patch = await patchWith(mutant, root)
    const [asked, notAsked] = [witnesses.slice(0, most), witnesses.slice(most)]
    const sawNothing: string[] = []
    const unsure: ScenarioAnswer[] = []
    for (const id of asked) {
      if (!goesOn()) return end({ outcome: 'unknown', why: 'it was interrupted', sawNothing, notAsked })
      const answer = memory.find(mutant, id) ?? (await ask(id, patch, options))
      if (answer === undefined) continue
      memory.keep(mutant, id, answer)
      if (answer.outcome === 'violated')
        return end({ outcome: 'caught', by: answer.by, where: id, why: answer.why, sawNothing })
      if (answer.outcome === 'passed') sawNothing.push(id)
      else unsure.push(answer)
      if (unsure.length >= unknownMost && sawNothing.length === 0) break
    }
    if (unsure.length > sawNothing.length)
      return end({ outcome: 'unknown', why: `${unsure[0]!.by}: ${unsure[0]!.why}`, sawNothing, notAsked })
    return end({ outcome: 'missed', why: `${sawNothing.length} scenarios saw nothing`, sawNothing, notAsked })
  }

  /** Each scenario once: the machine may be busier now than when it passed. */
  const again = new Map<string, Promise<ScenarioAnswer | undefined>>()
  async function falseAlarm({ where = '' }: TierResult): Promise<string | undefined> {
    if (!again.has(where)) again.set(where, goesOn() ? ask(where, unpatched, options) : Promise.resolve(undefined))
    const answer = await again.get(where)
    return answer?.outcome === 'violated' ? `${where} raises an alarm without a mutant too: ${answer.why}` : undefined
  }
  return { name: 'scenarios', judge, falseAlarm, close: async () => {} }
}

/** Undefined when it was interrupted, or cannot run here. */
async function ask(id: string, patch: SystemPatch, options: ScenarioTools): Promise<ScenarioAnswer | undefined> {
  const run = await runOne(id, patch, options)
  const [result] = run.scenarios
  if (!result || run.interrupted) return undefined
  const check = result.checks.find(({ outcome }) => outcome === result.outcome)
  return { outcome: result.outcome, by: check?.name ?? '', why: check?.why ?? '' }
}

async function runOne(
  id: string,
  patch: SystemPatch,
  { scenarios, seed, out, environment, interruptedBy }: ScenarioTools,
) {
  const run = await runAll({
    // Several run at a time, and a folder is named after the second and the suite.
    suite: `${patch.names[0]?.toLowerCase() ?? 'clean'}-${id}`,
    scenarios: scenarios.filter((one) => one.id === id),
    patch,
    seed,
    jobs: 1,
    nodes: 3,
    headed: false,
    out: join(out, 'runs'),
    interruptedBy,
    reporter: multiplex({}, () => {}),
    environment,
  })
  if (run.outcome === 'passed') rmSync(resolve(run.folder), { recursive: true, force: true })
  return run
}

/** What a scenario executes without a mutant. */
export const recordScenario = (id: string, store: CoverageStore, tools: ScenarioTools) =>
  store.record(id, async (into) => {
    const run = await runOne(id, { ...unpatched, coverage: into }, tools)
    const [result] = run.scenarios
    return { outcome: result?.outcome ?? 'unknown', durationMs: result?.durationMs ?? 0 }
  })
