import { hunt } from '../explore/hunt.ts'
import { createTeller } from '../explore/plan-runner.ts'
import { type Pursued, pursue, pursuitDefaultMs, violationInWords } from '../explore/reproduce-and-shrink.ts'
import { keep } from '../explore/save-to-corpus.ts'
import { search } from '../explore/search.ts'
import { codeOf } from '../platform/interruption.ts'
import { freshSeed } from '../platform/random.ts'
import { codeOfLeaks } from '../reporters/leak-report.ts'
import { hex } from '../runner/run.ts'
import { type Premises, withPremises } from '../runner/run-environment.ts'
import { exitCodes } from '../verdict/result.ts'
import type { Command, Io } from './command.ts'
import { UsageError } from './errors.ts'
import { flags, storyJobs, wholeNumber } from './options.ts'
import { demandAll, worstCode } from './run.ts'

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
    'tell random stories with random faults until a law is violated or the time is over; make the plan of a failure small',
  options: [
    flags.seed,
    {
      ...flags.budget,
      help: 'how long to search, such as 90s (default: 10m); with --hunt, for each defect (default: 2m)',
    },
    {
      flags: '--hunt <n>',
      help: 'search for so many planted defects, one after the other, without being told where to look',
      parse: wholeNumber('--hunt', 1, huntMax),
    },
    {
      flags: '--keep <name>',
      help: 'put the smallest plan of a failure into scenarios/corpus/<name>.json',
      parse: parseCorpusName,
    },
    flags.defect,
    storyJobs,
    flags.out,
    flags.json,
  ],
  async run(_names, options: ExploreFlags, io) {
    demandAll(options.out, io)
    const seed = options.seed ?? freshSeed()
    const { done, leaks } = await withPremises({ seed, headed: false }, (premises) =>
      options.hunt === undefined
        ? explorePlans(seed, { ...options, premises }, io)
        : hunt(options.hunt, seed, { ...options, premises }, io),
    )
    return worstCode([done, codeOfLeaks(leaks, io)])
  },
}

async function explorePlans(seed: number, options: ExploreFlags & { premises: Premises }, io: Io): Promise<number> {
  const teller = createTeller(options, io)
  const budgetMs = options.budget ?? budgetDefaultMs
  const { violated, ...found } = await search(seed, budgetMs, teller, io)
  const stopped = io.interruption.by()
  if (!violated && stopped) return codeOf(stopped)
  const violation = violated && (await pursue(violated, teller, io, Math.min(budgetMs, pursuitDefaultMs)))
  if (violation && options.keep !== undefined) keep(options.keep, violation, io)
  const summary = { seed: hex(seed), ...found, ...(violation && { violation }) }
  io.out(options.json ? `${JSON.stringify(summary, null, 2)}\n` : conclusion(summary))
  if (violation) return exitCodes.violated
  // A search that mostly proved nothing has not shown that there is nothing.
  return found.unknown * 2 >= found.stories ? exitCodes.unknown : exitCodes.passed
}

interface Summary {
  seed: string
  stories: number
  distinct: number
  unknown: number
  faultKinds: string[]
  neverWitnessed: string[]
  violation?: Pursued
}

function conclusion({ seed, stories, distinct, unknown, faultKinds, neverWitnessed, violation }: Summary) {
  const told = [
    `seed ${seed}: ${stories} stories, ${distinct} of them different, ${unknown} proved nothing`,
    `witnessed: ${faultKinds.join(', ')}${neverWitnessed.length > 0 ? `; not: ${neverWitnessed.join(', ')}` : ''}`,
  ]
  return `${[...told, ...(violation ? violationInWords(violation) : ['No law was violated.'])].join('\n')}\n`
}
