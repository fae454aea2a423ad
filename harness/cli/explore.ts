import type { SystemPatch } from '../cluster/system-patch.ts'
import { hunt } from '../explore/hunt.ts'
import { createPlanRunner } from '../explore/plan-runner.ts'
import {
  describeViolation,
  type Reproduction,
  reproduceAndShrink,
  shrinkDefaultMs,
} from '../explore/reproduce-and-shrink.ts'
import { keep } from '../explore/save-to-corpus.ts'
import { search } from '../explore/search.ts'
import { UsageError } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { codeOf } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { freshSeed, hex } from '../platform/random.ts'
import { toolCommand } from '../platform/tool-command.ts'
import { codeOfLeaks } from '../reporters/leak-report.ts'
import { checkPrerequisites } from '../runner/prerequisites.ts'
import { type RunEnvironment, withRunEnvironment } from '../runner/run-environment.ts'
import { exploreFolder, shownPath } from '../runner/run-folder.ts'
import { patchFor } from '../selftest/defects.ts'
import type { Command } from './command.ts'
import { explorationJobs, flags, wholeNumber } from './options.ts'
import { worstCode } from './run.ts'

interface ExploreFlags {
  seed?: number
  budget?: number
  hunt?: number
  keep?: string
  jobs: number
  out?: string
  defect?: string[]
  json?: boolean
}

const budgetDefaultMs = 600_000
const huntMax = 50

function parseCorpusName(text: string): string {
  if (/^[a-z0-9-]+$/.test(text)) return text
  throw new UsageError(`--keep takes a name of small letters, digits and dashes; got "${text}"`)
}

export const explore: Command = {
  name: 'explore',
  summary:
    'run random scenarios with random faults until an invariant is violated or the budget is spent; shrink the failing plan',
  options: [
    flags.seed,
    {
      ...flags.budget,
      help: 'how long to search, such as 90s (default: 10m); with --hunt, for each defect (default: 2m)',
    },
    {
      flags: '--hunt <n>',
      help: 'plant this many defects, one after the other, and search for each without a hint',
      parse: wholeNumber('--hunt', 1, huntMax),
    },
    {
      flags: '--keep <name>',
      help: 'save the shrunk plan as scenarios/corpus/<name>.json',
      parse: parseCorpusName,
    },
    flags.defect,
    explorationJobs,
    flags.out,
    flags.json,
  ],
  async run(_names, options: ExploreFlags, io) {
    checkPrerequisites(options.out, io)
    const seed = options.seed ?? freshSeed()
    const patch = await patchFor(options.defect, io)
    io.err(`seed ${hex(seed)}; the runs are kept in ${shownPath(exploreFolder(io, options.out), io)}\n`)
    const { done, leaks } = await withRunEnvironment({ seed, headed: false }, (environment) =>
      options.hunt === undefined
        ? explorePlans(seed, { ...options, patch, environment }, io)
        : hunt(options.hunt, seed, { ...options, environment }, io),
    )
    return worstCode([done, codeOfLeaks(leaks, io)])
  },
}

async function explorePlans(
  seed: number,
  options: ExploreFlags & { patch: SystemPatch; environment: RunEnvironment },
  io: Io,
): Promise<number> {
  const planRunner = createPlanRunner(options, io)
  const budgetMs = options.budget ?? budgetDefaultMs
  const { violated, ...found } = await search(seed, budgetMs, planRunner, io)
  const stopped = io.interruption.by()
  if (!violated && stopped) return codeOf(stopped)
  const violation =
    violated && (await reproduceAndShrink(violated, planRunner, io, Math.min(budgetMs, shrinkDefaultMs)))
  if (violation && options.keep !== undefined) keep(options.keep, violation, io)
  const folder = shownPath(exploreFolder(io, options.out), io)
  const summary = { seed: hex(seed), folder, ...found, ...(violation && { violation }) }
  io.out(options.json ? `${JSON.stringify(summary, null, 2)}\n` : conclusion(summary, toolCommand(io)))
  if (violation) return exitCodes.violated
  // Mostly inconclusive runs do not show that there is nothing to find.
  return found.unknown * 2 >= found.scenarios ? exitCodes.unknown : exitCodes.passed
}

interface Summary {
  seed: string
  folder: string
  scenarios: number
  distinct: number
  unknown: number
  faultKinds: string[]
  neverWitnessed: string[]
  violation?: Reproduction
}

function conclusion(
  { seed, folder, scenarios, distinct, unknown, faultKinds, neverWitnessed, violation }: Summary,
  command: string,
) {
  const summary = [
    `seed ${seed}: ${scenarios} scenarios, ${distinct} distinct, ${unknown} inconclusive`,
    `witnessed: ${faultKinds.join(', ')}${neverWitnessed.length > 0 ? `; not: ${neverWitnessed.join(', ')}` : ''}`,
  ]
  const kept = `runs: ${folder}; "${command} trend" lists them`
  return `${[...summary, ...(violation ? describeViolation(violation, command) : ['No invariant was violated.']), kept].join('\n')}\n`
}
