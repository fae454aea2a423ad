import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { workloads } from '../apps/workloads.ts'
import { readPlan } from '../plans/corpus.ts'
import { type Plan, requireKnownActions } from '../plans/plan.ts'
import { type Schedule, scheduleShape } from '../plans/schedule.ts'
import { UsageError } from '../platform/errors.ts'
import type { Io } from '../platform/io.ts'
import { parseSeed } from '../platform/random.ts'
import { scenarioOfPlan } from '../runner/plan-scenario.ts'
import { requireRedis } from '../runner/prerequisites.ts'
import { scenarioOfRecording } from '../runner/recording-scenario.ts'
import { findRun } from '../runner/run-folder.ts'
import { baseOptions, targetOptions } from '../runner/run-options.ts'
import { loadKnown } from '../runner/selection.ts'
import type { Scenario } from '../scenario.ts'
import { patchFor, patchOf, recordedDefects } from '../selftest/defects.ts'
import type { Command } from './command.ts'
import { flags, runArgument, runTarget } from './options.ts'
import { foldersOf, type RunFlags, repeatedly, replayArguments } from './run.ts'

export const replay: Command = {
  name: 'replay',
  ...runArgument,
  argumentHelp: [`${runArgument.argumentHelp[0]}; or the file of a plan`],
  completes: 'paths',
  summary: 'repeat the workload and faults of a recorded run, or of a plan file',
  options: [
    flags.grep,
    flags.scenarios,
    flags.repeat,
    flags.defect,
    runTarget,
    flags.jobs,
    flags.budget,
    flags.headed,
    flags.out,
    flags.open,
    flags.verbose,
    flags.json,
  ],
  async run([name], options: RunFlags, io) {
    if (name!.endsWith('.json')) return replayPlan(resolve(io.cwd, name!), options, io)
    const recorded = readSchedule(findRun(name!, io))
    if (recorded.pubsub === 'redis') requireRedis(recorded.driver, io)
    const known = await loadKnown({ ...io, otherFolders: foldersOf(options, io) })
    const scenarios = chosenFrom(recorded, known, options.grep)
    const patch = options.defect
      ? await patchFor(options.defect, io)
      : await patchOf(recordedDefects(recorded.defects, io.root), io.root)
    return repeatedly(options, io, (reporter) => ({
      ...baseOptions(options, io),
      suite: 'replay',
      scenarios,
      seed: parseSeed(recorded.seed),
      ...targetOptions({ ...options, driver: recorded.driver }, io),
      nodes: recorded.nodes,
      pubsub: recorded.pubsub,
      patch,
      recorded,
      replayArguments: replayArguments(options, io),
      reporter,
    }))
  },
}

/** The scenario of a plan, as often as is asked for. */
async function replayPlan(file: string, options: RunFlags, io: Io): Promise<number> {
  const plan = planIn(file)
  const patch = await patchFor(options.defect, io)
  return repeatedly(options, io, (reporter) => ({
    ...baseOptions(options, io),
    suite: 'replay',
    scenarios: [scenarioOfPlan(plan, 'explore/replayed')],
    seed: plan.seed,
    nodes: 3,
    patch,
    reporter,
  }))
}

/** The plan in a file; whatever is none is a mistake of who named it. */
export function planIn(file: string): Plan {
  try {
    return readPlan(file, workloads)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** The recorded schedule of a run. Throws a sentence when it is missing or damaged. */
export function readSchedule(folder: string): Schedule {
  const file = join(folder, 'schedule.json')
  if (!existsSync(file)) throw new UsageError(`${folder} cannot be replayed: there is no schedule.json in it`)
  try {
    const schedule = scheduleShape.parse(JSON.parse(readFileSync(file, 'utf8')))
    for (const { plan } of schedule.scenarios) if (plan) requireKnownActions(plan, workloads)
    return schedule
  } catch (error) {
    const issue = (error as { issues?: { path: PropertyKey[]; message: string }[] }).issues?.[0]
    const why = issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : (error as Error).message
    throw new UsageError(`${file} is damaged: ${why}`)
  }
}

/** The scenarios of the recording, as they are now. What chance decided then is decided again; a scenario that changed ends unknown. */
export function chosenFrom(recorded: Schedule, all: readonly Scenario[], grep?: RegExp): Scenario[] {
  const wanted = recorded.scenarios.filter(({ id }) => !grep || grep.test(id))
  if (wanted.length === 0)
    throw new UsageError(
      grep ? `the run has no scenario that matches --grep ${grep.source}` : 'the run has no scenarios',
    )
  return wanted.map(({ id, plan, recording }) => {
    const found = all.find((one) => one.id === id)
    if (recording) return scenarioOfRecording(recording)
    if (plan) return scenarioOfPlan(plan, id, found)
    if (!found) throw new UsageError(`the run has the scenario ${id}, which is not in scenarios/ any more`)
    return found
  })
}
