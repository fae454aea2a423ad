import { join } from 'node:path'
import { freshSeed } from '../platform/random.ts'
import { multiplex } from '../reporters/multiplexer.ts'
import { duration } from '../reporters/words.ts'
import { exitCodes, type RunResult } from '../runner/result.ts'
import { runAll } from '../runner/run.ts'
import { type Planted, zoo } from '../runner/zoo.ts'
import type { Scenario } from '../scenario.ts'
import type { Command, Io } from './command.ts'
import { UsageError } from './errors.ts'
import { codeOf } from './interruption.ts'
import { flags } from './options.ts'
import { baseOptions, demandAll } from './run.ts'
import { outFolder } from './run-folder.ts'
import { loadAll } from './scenario-files.ts'

interface SelftestFlags {
  defect?: string[]
  seed?: number
  jobs: number
  out?: string
  json?: boolean
}

export interface DefectResult {
  id: string
  caught: boolean
  checker: string
  /** The words in which it was caught; what was said instead when it was not. */
  finding: string
  seconds: number
}

export const selftest: Command = {
  name: 'selftest',
  summary: 'start every planted defect and demand that its checker catches it; the clean system must raise no alarm',
  options: [flags.defect, flags.seed, flags.jobs, flags.out, flags.json],
  async run(_names, options: SelftestFlags, io) {
    demandAll(options.out, io)
    const all = await loadAll(io.root)
    const chosen = Object.entries(zoo).filter(([id]) => !options.defect || options.defect.includes(id))
    const stage: Stage = { io, seed: options.seed ?? freshSeed(), jobs: options.jobs, out: outFolder(io, options.out) }
    for (const [, { scenario }] of chosen) find(all, scenario)

    const defects: DefectResult[] = []
    for (const [id, planted] of chosen) {
      if (io.interruption.by()) break
      const result = await plant(id, planted, find(all, planted.scenario), stage)
      defects.push(result)
      const seconds = duration(result.seconds * 1_000)
      io.err(`${result.caught ? '✓ caught' : '✗ missed'}  ${id}  ${result.checker}: ${result.finding}  (${seconds})\n`)
    }
    const falseAlarms = await alarmsOfTheCleanSystem(chosen, all, stage)
    const canary = await runCanary(all, stage)
    const stopped = io.interruption.by()
    const good = defects.length === chosen.length && defects.every(({ caught }) => caught)
    if (options.json) io.out(`${JSON.stringify({ defects, falseAlarms, canary }, null, 2)}\n`)
    else
      io.out(
        `${defects.filter(({ caught }) => caught).length} of ${chosen.length} defects caught, ${falseAlarms} false alarms, canary ${canary}\n`,
      )
    if (stopped) return codeOf(stopped)
    return good && falseAlarms === 0 && canary === 'caught' ? exitCodes.passed : exitCodes.violated
  },
}

interface Stage {
  io: Io
  seed: number
  jobs: number
  out: string
}

function find(all: readonly Scenario[], id: string): Scenario {
  const found = all.find((one) => one.id === id)
  if (!found) throw new UsageError(`the self-test needs the scenario ${id}, but there is none below scenarios/`)
  return found
}

const quietly = (stage: Stage, suite: string, scenarios: readonly Scenario[], defects: readonly string[]) =>
  runAll({
    ...baseOptions({ jobs: stage.jobs }, stage.io),
    out: join(stage.out, 'selftest'),
    suite,
    scenarios,
    seed: stage.seed,
    nodes: 3,
    defects,
    reporter: multiplex({}, () => {}),
  })

async function plant(id: string, planted: Planted, scenario: Scenario, stage: Stage): Promise<DefectResult> {
  const run = await quietly(stage, id.toLowerCase(), [scenario], [id])
  const { caught, finding } = judgeCatch(run, planted)
  return { id, caught, checker: planted.checker, finding, seconds: Math.round(run.durationMs / 100) / 10 }
}

/** Caught means: the named checker says no, in the words of this defect. Any other alarm proves nothing about this detector. */
export function judgeCatch(run: RunResult, { checker, finding }: Planted): { caught: boolean; finding: string } {
  const checks = run.scenarios.flatMap((one) => one.checks)
  const alarm = checks.find((one) => one.name === checker && one.outcome === 'invalid' && finding.test(one.why))
  if (alarm) return { caught: true, finding: alarm.why }
  const said = checks.filter(({ outcome }) => outcome !== 'valid').map(({ name, why }) => `${name}: ${why}`)
  return { caught: false, finding: `expected ${finding}; ${said.join('; ') || 'nobody noticed anything'}` }
}

/** The same scenarios without a defect: whatever does not pass there is a false alarm. */
async function alarmsOfTheCleanSystem(
  chosen: readonly (readonly [string, Planted])[],
  all: readonly Scenario[],
  stage: Stage,
): Promise<number> {
  if (stage.io.interruption.by()) return 0
  const ids = [...new Set(chosen.map(([, { scenario }]) => scenario))]
  const run = await quietly(
    stage,
    'clean',
    ids.map((id) => find(all, id)),
    [],
  )
  const alarms = run.scenarios.filter(({ outcome }) => outcome !== 'passed')
  for (const { id, outcome, checks } of alarms) {
    const why = checks.filter((one) => one.outcome !== 'valid').map((one) => `${one.name}: ${one.why}`)
    stage.io.err(`✗ false alarm  ${id} is ${outcome} without a defect: ${why.join('; ')}\n`)
  }
  if (alarms.length === 0) stage.io.err(`✓ quiet  ${ids.length} scenarios without a defect raised no alarm\n`)
  return alarms.length
}

/** A harness that cannot say no would pass everything above in its own way. */
async function runCanary(all: readonly Scenario[], stage: Stage): Promise<'caught' | 'missed'> {
  const canaries = all.filter(({ canary }) => canary)
  if (canaries.length === 0 || stage.io.interruption.by()) return 'missed'
  const run = await quietly(stage, 'canary', canaries, [])
  const caught = run.scenarios.length > 0 && run.scenarios.every(({ outcome }) => outcome === 'violated')
  stage.io.err(caught ? '✓ caught  the canary failed, as it must\n' : '✗ missed  the canary did not fail\n')
  return caught ? 'caught' : 'missed'
}
