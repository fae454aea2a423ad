import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pLimit from 'p-limit'
import type { Clock } from '../platform/clock.ts'
import type { StopSignal } from '../platform/interruption.ts'
import { hex, seededRandom } from '../platform/random.ts'
import { type RunEnvironment, withRunEnvironment } from '../runner/run-environment.ts'
import type { Scenario } from '../scenario.ts'
import { type Coverage, openCoverage } from './coverage.ts'
import { executes } from './executed.ts'
import { type Generated, generateMutants } from './generate.ts'
import { type Memory, openMemory } from './memory.ts'
import type { Mutant } from './mutant.ts'
import { caughtBy, type MutantResult, type MutateResult, outcomeOf } from './result.ts'
import { recordScenario, type ScenarioTools, scenarioTier } from './tiers/scenarios.ts'
import { recordSimulation, simulationTier } from './tiers/simulation.ts'
import { conversationTier, unitTestTier } from './tiers/tests.ts'
import type { Tier, TierName } from './tiers/tier.ts'

export interface MutateOptions {
  root: string
  /** The files to make mistakes in, from the root. */
  paths: readonly string[]
  count: number
  seed: number
  /** Only places that a scenario executes. */
  onlyCovered: boolean
  tiers: readonly TierName[]
  scenarios: readonly Scenario[]
  /** Scenarios for each mutant, the most promising first. */
  scenariosMost: number
  /** Mutants in parallel. */
  jobs: number
  /** For the report and the folders of runs. */
  out: string
  clock: Clock
  interruptedBy(): StopSignal | undefined
  /** False when the time is up. */
  goesOn(): boolean
  onProgress(sentence: string): void
}

/**
 * Makes mutants and asks one tier after the other, the cheapest first, until one catches the mutant. Reports before it cleans up, so that
 * nothing is lost when cleaning up fails. Returns the result, and what is left behind.
 */
export async function mutate(options: MutateOptions, report: (result: MutateResult) => void) {
  const work = async (environment?: RunEnvironment) => {
    const result = await withTools(options, environment)
    report(result)
    return result
  }
  const needsCluster = options.tiers.includes('scenarios') || options.onlyCovered
  if (!needsCluster) return { result: await work(), leaks: [] }
  const { done, leaks } = await withRunEnvironment({ seed: options.seed, headed: false }, work)
  return { result: done, leaks }
}

async function withTools(options: MutateOptions, environment: RunEnvironment | undefined): Promise<MutateResult> {
  const { seed, onProgress, onlyCovered, paths } = options
  const tools = environment && { ...options, environment }
  const recordedFirst = onlyCovered && tools ? await recordCoverage(tools, paths) : undefined
  const generated = await generate(options, recordedFirst)
  onProgress(`${generated.mutants.length} mutants, drawn from ${generated.candidates} candidates`)
  const mutated = [...new Set(generated.mutants.map(({ path }) => path))]
  const recorded = tools && options.tiers.includes('scenarios') ? await recordCoverage(tools, mutated) : []
  const tiers = await openTiers(options, tools, { recorded, mutated })
  try {
    return {
      seed: hex(seed),
      candidates: generated.candidates,
      thrownAway: generated.thrownAway,
      remarks: remarksOn(options, recorded),
      mutants: await judgeAll(generated.mutants, tiers.list, tiers.memory, options),
    }
  } finally {
    for (const tier of tiers.list) await tier.close()
  }
}

const sourceIn = (root: string) => (path: string) => readFileSync(join(root, path), 'utf8')

/** Mutants alone, with nothing run but what coverage needs. */
export function generate(
  { root, paths, count, seed, goesOn }: MutateOptions,
  recorded: readonly Coverage[] | undefined,
): Promise<Generated> {
  const sourceOf = sourceIn(root)
  return generateMutants({
    root,
    paths,
    count,
    random: seededRandom(seed),
    goesOn,
    ...(recorded && {
      isWanted: ({ path, edit }) => recorded.some(({ executed }) => executes(executed, path, edit, sourceOf(path))),
    }),
  })
}

/** Every scenario that passes without a mutant, with what it executes; those that are not known yet run once. */
async function recordCoverage(
  options: MutateOptions & { environment: RunEnvironment },
  paths: readonly string[],
): Promise<Coverage[]> {
  const { root, scenarios, jobs, goesOn, onProgress } = options
  const store = openCoverage(root)
  const tools: ScenarioTools = options
  const missing = scenarios.filter(({ id }) => store.find(id, paths) === undefined)
  if (missing.length > 0) onProgress(`recording what ${missing.length} scenarios execute`)
  const limit = pLimit(jobs)
  await limit.map(missing, async ({ id }) => {
    // Another run of this command may have recorded it meanwhile.
    if (goesOn() && store.find(id, paths) === undefined) await recordScenario(id, store, tools)
  })
  return scenarios.map(({ id }) => store.find(id, paths)).filter((one) => one !== undefined)
}

async function openTiers(
  options: MutateOptions,
  tools: ScenarioTools | undefined,
  { recorded, mutated }: { recorded: readonly Coverage[]; mutated: readonly string[] },
): Promise<{ list: Tier[]; memory: Memory }> {
  const { root, clock, seed, goesOn, scenariosMost } = options
  const memory = openMemory(root, seed)
  const sourceOf = sourceIn(root)
  const tests = { root, clock, jobs: options.jobs }
  const make: Record<TierName, () => Promise<Tier>> = {
    conversations: async () => conversationTier({ ...tests, store: openCoverage(root), sourceOf }),
    async simulation() {
      const store = openCoverage(root)
      const coverage =
        store.find('simulation', mutated) ?? (goesOn() ? await recordSimulation(store, seed, clock) : undefined)
      return simulationTier({ root, seed, clock, sourceOf, goesOn, coverage })
    },
    async scenarios() {
      if (!tools) throw new Error('the tier of scenarios needs a cluster')
      return scenarioTier({ ...tools, recorded, most: scenariosMost, sourceOf, goesOn, memory: memory.scenarios })
    },
    tests: async () => unitTestTier(tests),
  }
  const list: Tier[] = []
  for (const name of options.tiers) list.push(await make[name]())
  return { list, memory }
}

function remarksOn({ root, tiers, scenarios }: MutateOptions, recorded: readonly Coverage[]): string[] {
  const remarks: string[] = []
  if (tiers.includes('conversations') && !existsSync(join(root, 'test')))
    remarks.push('skipped the recorded conversations: this project has no folder test/')
  if (tiers.includes('scenarios') && recorded.length < scenarios.length) {
    const known = new Set(recorded.map(({ id }) => id))
    const left = scenarios.filter(({ id }) => !known.has(id)).map(({ id }) => id)
    remarks.push(`not asked, because they did not pass without a mutant or were not run: ${left.join(', ')}`)
  }
  return remarks
}

/** Asks the tiers about each mutant, in their order, until one catches it; what is remembered is not asked again. */
export async function judgeAll(
  mutants: readonly Mutant[],
  tiers: readonly Tier[],
  memory: Memory,
  { jobs, goesOn, onProgress }: Pick<MutateOptions, 'jobs' | 'goesOn' | 'onProgress'>,
): Promise<MutantResult[]> {
  const limit = pLimit(jobs)
  return limit.map(mutants, async (mutant) => {
    const result = await withoutFalseAlarm(await judge(mutant, tiers, memory, goesOn), tiers)
    onProgress(lineOf(result))
    return result
  })
}

/** An alarm that is raised without the mutant too says nothing about it. */
async function withoutFalseAlarm(result: MutantResult, tiers: readonly Tier[]): Promise<MutantResult> {
  const caught = caughtBy(result)
  const why = caught && (await tiers.find(({ name }) => name === caught.tier)?.falseAlarm?.(caught))
  if (why === undefined) return result
  const asked = result.tiers.map((one) => (one === caught ? { ...one, outcome: 'unknown' as const, why } : one))
  return { ...result, outcome: 'unknown', tiers: asked }
}

async function judge(
  mutant: Mutant,
  tiers: readonly Tier[],
  memory: Memory,
  goesOn: () => boolean,
): Promise<MutantResult> {
  const asked: MutantResult['tiers'][number][] = []
  for (const tier of tiers) {
    const known = memory.findTier(mutant, tier.name)
    if (!known && !goesOn()) break
    const result = known ?? (await tier.judge(mutant))
    // What was cut short is no answer.
    if (!known && result.outcome !== 'caught' && !goesOn()) break
    memory.keepTier(mutant, tier.name, result)
    asked.push({ tier: tier.name, ...result })
    if (result.outcome === 'caught') break
  }
  return { mutant, outcome: outcomeOf(asked, asked.length === tiers.length), tiers: asked }
}

const marks: Record<MutantResult['outcome'], string> = {
  caught: '✓',
  survived: '✗',
  unknown: '?',
  unseen: '✗',
  'not-run': '-',
}

/** Pure. */
export function lineOf({ mutant, outcome, tiers }: MutantResult): string {
  const last = tiers.at(-1)
  const by = outcome === 'caught' && last ? ` by ${last.by} in ${last.where}` : ''
  return `${marks[outcome]} ${outcome.padEnd('survived'.length)}  ${mutant.id} ${mutant.operator} in ${mutant.path}:${mutant.line}${by}${last ? `: ${last.why}` : ''}`
}
