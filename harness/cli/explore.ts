import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createPlan, inWords, type Plan, planShape, smaller } from '../explore/plan.ts'
import { storyOf } from '../explore/story.ts'
import { freshSeed, seededRandom } from '../platform/random.ts'
import { multiplex } from '../reporters/multiplexer.ts'
import { exitCodes, type ScenarioResult } from '../runner/result.ts'
import { hex, runAll } from '../runner/run.ts'
import type { Command, Io } from './command.ts'
import { UsageError } from './errors.ts'
import { codeOf } from './interruption.ts'
import { flags } from './options.ts'
import { baseOptions, demandAll } from './run.ts'
import { outFolder } from './run-folder.ts'

interface ExploreFlags {
  seed?: number
  budget?: number
  plan?: string
  jobs: number
  out?: string
  defect?: string[]
  json?: boolean
}

const budgetDefaultMs = 600_000
const storiesPerBatch = 6
/** A failure that comes once in so many tries is still worth its plan; one that never comes again cannot be made smaller. */
const repeats = 3

interface Told {
  plan: Plan
  result: ScenarioResult
}

export const explore: Command = {
  name: 'explore',
  summary:
    'tell random stories with random faults until a law is violated or the time is over; make the plan of a failure small',
  options: [
    flags.seed,
    { ...flags.budget, help: 'how long to search, such as 90s (default: 10m)' },
    { flags: '--plan <file>', help: 'tell the story of this plan instead, as often as it takes to know' },
    flags.defect,
    flags.jobs,
    flags.out,
    flags.json,
  ],
  async run(_names, options: ExploreFlags, io) {
    demandAll(options.out, io)
    const teller = createTeller(options, io)
    if (options.plan !== undefined) return repeatPlan(readPlan(options.plan), teller, io)
    const seed = options.seed ?? freshSeed()
    const { violated, stories, unknown, kinds } = await search(seed, options.budget ?? budgetDefaultMs, teller, io)
    const stopped = io.interruption.by()
    if (!violated && stopped) return codeOf(stopped)
    const shrunk = violated && (await shrink(violated, teller, io))
    const summary = { seed: hex(seed), stories, unknown, faultKinds: kinds, violation: shrunk && summaryOf(shrunk) }
    io.out(options.json ? `${JSON.stringify(summary, null, 2)}\n` : conclusion(summary))
    if (shrunk) return exitCodes.violated
    // A search that mostly proved nothing has not shown that there is nothing.
    return unknown * 2 >= stories ? exitCodes.unknown : exitCodes.passed
  },
}

type Teller = ReturnType<typeof createTeller>

function createTeller({ jobs, out, defect = [] }: ExploreFlags, io: Io) {
  const folder = join(outFolder(io, out), 'explore')
  let lastStory = 0
  return {
    folder,
    /** Runs these plans side by side; those that were cut short by Ctrl-C are left out. */
    async tell(plans: readonly Plan[]): Promise<Told[]> {
      const stories = plans.map((plan) => {
        lastStory += 1
        return { plan, story: storyOf(plan, `explore/story-${lastStory}`) }
      })
      const run = await runAll({
        ...baseOptions({ jobs }, io),
        out: folder,
        suite: 'explore',
        scenarios: stories.map(({ story }) => story),
        seed: plans[0]!.seed,
        nodes: 3,
        defects: defect,
        reporter: multiplex({}, () => {}),
      })
      return stories.flatMap(({ plan, story }) => {
        const result = run.scenarios.find(({ id }) => id === story.id)
        return result ? [{ plan, result }] : []
      })
    },
  }
}

async function search(seed: number, budgetMs: number, teller: Teller, io: Io) {
  const random = seededRandom(seed)
  const startedMs = io.clock.monotonicMs()
  const kinds = new Set<string>()
  let [stories, unknown] = [0, 0]
  while (io.clock.monotonicMs() - startedMs < budgetMs && !io.interruption.by()) {
    const plans = Array.from({ length: storiesPerBatch }, () => createPlan(random, seed))
    for (const told of await teller.tell(plans)) {
      stories += 1
      for (const { kind, witnessedOnMs } of told.result.faults) if (witnessedOnMs !== null) kinds.add(kind)
      if (told.result.outcome === 'unknown') unknown += 1
      io.err(`${marks[told.result.outcome]} ${inWords(told.plan)}${findings(told.result)}\n`)
      if (told.result.outcome === 'violated') return { violated: told, stories, unknown, kinds: [...kinds].sort() }
    }
  }
  return { violated: undefined, stories, unknown, kinds: [...kinds].sort() }
}

const marks = { passed: '✓', unknown: '?', violated: '✗' } as const

const findings = ({ checks, outcome }: ScenarioResult) =>
  outcome === 'passed'
    ? ''
    : checks
        .filter((one) => one.outcome === (outcome === 'violated' ? 'invalid' : 'unknown'))
        .map(({ name, why }) => `\n    ${name}: ${why}`)
        .join('')

/** The laws that were violated: a smaller plan counts only if it violates one of the same. */
const brokenLaws = ({ checks }: ScenarioResult) =>
  checks.filter(({ outcome }) => outcome === 'invalid').map(({ name }) => name)

/** Takes away whatever can be taken away while the failure stays. */
async function shrink(first: Told, teller: Teller, io: Io): Promise<Told> {
  let least = first
  const laws = brokenLaws(first.result)
  for (let again = true; again && !io.interruption.by(); ) {
    again = false
    for (const candidate of smaller(least.plan)) {
      if (io.interruption.by()) break
      const told = await teller.tell(Array.from({ length: repeats }, () => candidate))
      const failed = told.find(({ result }) => brokenLaws(result).some((name) => laws.includes(name)))
      io.err(`${failed ? 'still fails' : 'passes'}: ${inWords(candidate)}\n`)
      if (!failed) continue
      least = failed
      again = true
      break
    }
  }
  const file = join(teller.folder, 'plan.json')
  mkdirSync(teller.folder, { recursive: true })
  writeFileSync(file, `${JSON.stringify(least.plan, null, 2)}\n`)
  io.err(`squall: the plan is in ${file}; ./squall explore --plan ${file} tells it again\n`)
  return least
}

async function repeatPlan(plan: Plan, teller: Teller, io: Io): Promise<number> {
  const told = await teller.tell(Array.from({ length: repeats }, () => plan))
  for (const { result } of told) io.out(`${marks[result.outcome]} ${inWords(plan)}${findings(result)}\n`)
  if (told.some(({ result }) => result.outcome === 'violated')) return exitCodes.violated
  return told.every(({ result }) => result.outcome === 'passed') && told.length === repeats
    ? exitCodes.passed
    : exitCodes.unknown
}

/** Throws a sentence for whatever is no plan. */
export function readPlan(file: string): Plan {
  try {
    return planShape.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw new UsageError(`--plan ${file} cannot be read as a plan: ${(error as Error).message.replaceAll(/\s+/g, ' ')}`)
  }
}

const summaryOf = ({ plan, result }: Told) => ({
  plan,
  findings: result.checks.filter(({ outcome }) => outcome === 'invalid').map(({ name, why }) => `${name}: ${why}`),
})

function conclusion({
  seed,
  stories,
  unknown,
  faultKinds,
  violation,
}: {
  seed: string
  stories: number
  unknown: number
  faultKinds: string[]
  violation: ReturnType<typeof summaryOf> | undefined
}) {
  const told = `seed ${seed}: ${stories} stories, ${unknown} of them proved nothing; witnessed: ${faultKinds.join(', ')}`
  return violation
    ? `${told}\nViolated. The smallest plan that still fails: ${inWords(violation.plan)}\n${violation.findings.map((line) => `    ${line}\n`).join('')}`
    : `${told}\nNo law was violated.\n`
}
