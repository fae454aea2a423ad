import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Schedule, scheduleShape } from '../runner/schedule.ts'
import type { Scenario } from '../scenario.ts'
import type { Command } from './command.ts'
import { UsageError } from './errors.ts'
import { flags, parseSeed } from './options.ts'
import { baseOptions, demandRedis, type RunFlags, repeatedly } from './run.ts'
import { findRun } from './run-folder.ts'
import { loadAll } from './scenario-files.ts'

export const replay: Command = {
  name: 'replay',
  argument: '<run>',
  summary: 'repeat the workload and the faults of a recorded run',
  options: [flags.grep, flags.repeat, flags.jobs, flags.budget, flags.headed, flags.out, flags.json],
  async run([name], options: RunFlags, io) {
    const recorded = readSchedule(findRun(name!, io))
    if (recorded.pubsub === 'redis') demandRedis(recorded.driver, io)
    const scenarios = chosenFrom(recorded, await loadAll(io.root), options.grep)
    return repeatedly(options, io, (reporter) => ({
      ...baseOptions(options, io),
      suite: 'replay',
      scenarios,
      seed: parseSeed(recorded.seed),
      driver: recorded.driver,
      nodes: recorded.nodes,
      pubsub: recorded.pubsub,
      defects: recorded.defects,
      recorded,
      reporter,
    }))
  },
}

/** The recorded schedule of a run. Throws a sentence when it is missing or damaged. */
export function readSchedule(folder: string): Schedule {
  const file = join(folder, 'schedule.json')
  if (!existsSync(file)) throw new UsageError(`${folder} cannot be replayed: there is no schedule.json in it`)
  try {
    return scheduleShape.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const issue = (error as { issues?: { path: PropertyKey[]; message: string }[] }).issues?.[0]
    const why = issue ? `${issue.path.map(String).join('.')}: ${issue.message}` : (error as Error).message
    throw new UsageError(`${file} is damaged: ${why}`)
  }
}

/** The scenarios of the recording, as they are now. What chance decided then is decided again; a story that changed ends unknown. */
export function chosenFrom(recorded: Schedule, all: readonly Scenario[], grep?: RegExp): Scenario[] {
  const ids = recorded.scenarios.map(({ id }) => id).filter((id) => !grep || grep.test(id))
  if (ids.length === 0)
    throw new UsageError(
      grep ? `the run has no scenario that matches --grep ${grep.source}` : 'the run has no scenarios',
    )
  return ids.map((id) => {
    const found = all.find((one) => one.id === id)
    if (!found) throw new UsageError(`the run has the scenario ${id}, which is not in scenarios/ any more`)
    return found
  })
}
