import { type Capacity, searchCapacity } from '../load/capacity.ts'
import type { Clock } from '../platform/clock.ts'
import { seededRandom, seedOf } from '../platform/random.ts'
import { type RunEnvironment, withRunEnvironment } from '../runner/run-environment.ts'
import { type ArmTools, withArm, workloadsApp } from './arm-system.ts'
import { drawBlocks } from './blocks.ts'
import { armOf, type Comparison, type Role, roles } from './comparison.ts'
import { describeCapacity } from './describe.ts'
import type { Overload } from './document.ts'
import { type Hazard, hazardEvents, hazardList, measureHazards } from './hazards.ts'
import { measureOverload } from './overload.ts'
import type { Plan } from './plan.ts'
import { isVoid, type Run, runOnce, stageOf } from './run-once.ts'

/** All that was measured; what it says is worked out from it without any I/O. */
export interface Measurements {
  /** Undefined when the rate was given. */
  capacity?: { first: Capacity; second: Capacity }
  /** Runs that count, and void ones that were not repeated any more. */
  runs: Run[]
  orders: Role[][]
  repeated: number
  /** Undefined when there was nothing to overload, or only the verdict was wanted. */
  overload?: { first: Overload; second: Overload }
  hazards: Hazard[]
}

export interface CompareOptions {
  comparison: Comparison
  plan: Plan
  threads: number
  say(sentence: string): void
  /** Throws after Ctrl-C; called between two stages. */
  goOn(): void
  clock: Pick<Clock, 'monotonicMs'>
  /** Called with what must end when somebody interrupts. */
  onInterrupt(end: () => void): void
}

/** Carries the comparison out. Rejects with EnvironmentMissing when an arm does not start; nothing is left running. */
export async function measureComparison(options: CompareOptions): Promise<Measurements> {
  const { plan, comparison } = options
  if (comparison.first.addresses && comparison.second.addresses) return measureAll(options)
  const { done } = await withRunEnvironment({ seed: plan.seed, headed: false, apps: [workloadsApp] }, (environment) =>
    measureAll(options, environment),
  )
  return done
}

async function measureAll(options: CompareOptions, environment?: RunEnvironment): Promise<Measurements> {
  const { threads, onInterrupt } = options
  const startedMs = options.clock.monotonicMs()
  const tools: ArmTools = { threads, onInterrupt, ...(environment && { environment }) }
  const { plan } = options
  const capacity = plan.ratePerS === undefined ? await capacitiesOf(options, tools) : undefined
  const capacityPerS = capacity
    ? Math.min(capacity.first.ratePerS, capacity.second.ratePerS)
    : plan.ratePerS! / plan.load
  const orders = drawBlocks(roles, plan.blocks, seededRandom(seedOf(plan.seed, 'order of blocks')))
  const measured = { ...(capacity && { capacity }), orders, runs: [] as Run[], repeated: 0, hazards: [] }
  // An arm that sustains nothing cannot be compared at a share of it.
  if (capacityPerS === 0) return measured
  const isTimeFor = timeKeeper(options, startedMs)
  for (const [block, order] of orders.entries()) {
    if (!isTimeFor(block)) break
    for (const role of order) await addRun(measured, { ...options, role, block, capacityPerS }, tools)
  }
  if (plan.isBrief) return { ...measured, hazards: joinHazards(measured.runs, {}, {}) }
  const first = await afterwards('first', options, tools, capacityPerS)
  const second = await afterwards('second', options, tools, capacityPerS)
  return {
    ...measured,
    overload: { first: first.overload, second: second.overload },
    hazards: joinHazards(measured.runs, first.hazards, second.hazards),
  }
}

/** What comes after the blocks: overload and hazards of both arms. */
const afterwardsMs = 60_000

/** Whether another block fits into the budget, if it takes as long as the longest so far. Called once before each block. */
export function timeKeeper({ plan, clock, say }: Pick<CompareOptions, 'plan' | 'clock' | 'say'>, startedMs: number) {
  const { budgetMs = Number.POSITIVE_INFINITY, isBrief } = plan
  const endMs = startedMs + budgetMs - (isBrief ? 0 : afterwardsMs)
  let lastMs: number | undefined
  let longestMs = 0
  return (block: number): boolean => {
    const nowMs = clock.monotonicMs()
    if (lastMs !== undefined) longestMs = Math.max(longestMs, nowMs - lastMs)
    lastMs = nowMs
    if (nowMs + longestMs <= endMs) return true
    say(`no time is left for block ${block + 1} of ${plan.blocks}`)
    return false
  }
}

async function capacitiesOf(options: CompareOptions, tools: ArmTools) {
  const first = await capacityOf('first', options, tools)
  return { first, second: await capacityOf('second', options, tools) }
}

async function capacityOf(role: Role, options: CompareOptions, tools: ArmTools): Promise<Capacity> {
  const { comparison, plan, say, goOn } = options
  const { traffic } = comparison
  const arm = armOf(comparison, role)
  const found = await withArm(arm, traffic, tools, async ({ generator }) => {
    let turn = 0
    return searchCapacity({
      startPerS: traffic.startPerS,
      mostPerS: traffic.mostPerS,
      measure(ratePerS) {
        goOn()
        turn += 1
        return generator.run(stageOf(arm, traffic, seedOf(plan.seed, `capacity ${turn}`) >>> 0, ratePerS, plan.stepMs))
      },
    })
  })
  say(`${arm.name}: ${describeCapacity(found)}`)
  return found
}

interface RunSpec extends CompareOptions {
  role: Role
  block: number
  capacityPerS: number
}

/** Adds one run; a void one is repeated as long as repeats are left. */
async function addRun(measured: { runs: Run[]; repeated: number }, spec: RunSpec, tools: ArmTools) {
  const { comparison, plan, role, block, capacityPerS, say, goOn } = spec
  const arm = armOf(comparison, role)
  for (;;) {
    goOn()
    const run = await withArm(arm, comparison.traffic, tools, ({ generator }) =>
      runOnce(generator, { arm, role, block, traffic: comparison.traffic, plan, capacityPerS, goOn }),
    )
    const again = isVoid(run) && measured.repeated < plan.repeatsMost
    say(
      `block ${block + 1} of ${plan.blocks}, ${role === 'control' ? `${arm.name} (control)` : arm.name}: ${describeRun(run)}`,
    )
    if (!again) return void measured.runs.push(run)
    measured.repeated += 1
  }
}

function describeRun({ primary, isSteady, gates }: Run): string {
  const failed = gates.filter(({ passed }) => !passed).map(({ said }) => said)
  const problems = [...(isSteady ? [] : ['did not become steady']), ...failed]
  if (problems.length > 0) return `void: ${problems.join('; ')}`
  return `median ${(primary.latencies.getValueAtPercentile(50) / 1_000).toFixed(2)} ms at ${Math.round(primary.ratePerS)}/s`
}

/** What is measured once for each arm, when nothing depends on the system any more. */
async function afterwards(role: Role, options: CompareOptions, tools: ArmTools, capacityPerS: number) {
  const { comparison, plan, say, goOn } = options
  const { traffic } = comparison
  const arm = armOf(comparison, role)
  goOn()
  return withArm(arm, traffic, tools, async (system) => {
    const overload = await measureOverload(system.generator, { arm, traffic, plan, capacityPerS })
    say(
      `${arm.name}: overload ${Math.round(overload.ratePerS)}/s, backlog grows by ${Math.round(overload.backlogSlopePerS)}/s`,
    )
    const { cluster } = system
    if (!cluster || traffic.mode === 'broadcast' || !hazardEvents.includes(arm.event)) return { overload, hazards: {} }
    goOn()
    const ratePerS = plan.load * capacityPerS
    const hazards = await measureHazards({ arm, system: { ...system, cluster }, seed: plan.seed, ratePerS })
    say(`${arm.name}: hazards measured`)
    return { overload, hazards }
  })
}

type Figures = Awaited<ReturnType<typeof measureHazards>>

/** One row for each hazard of the list, of both arms. Exported for its test. Pure. */
export function joinHazards(runs: readonly Run[], first: Figures, second: Figures): Hazard[] {
  const all = { first: { ...first, ...fromRuns(runs, 'first') }, second: { ...second, ...fromRuns(runs, 'second') } }
  return Object.entries(hazardList).map(([name, how]) => ({
    name,
    how,
    first: all.first[name] ?? null,
    second: all.second[name] ?? null,
  }))
}

/** What the runs themselves show, whatever they compare. */
function fromRuns(runs: readonly Run[], role: Role): Figures {
  const stages = runs
    .filter((run) => run.role === role)
    .flatMap((run) => [run.primary, ...run.sweep.map(({ stage }) => stage)])
  const sum = (name: 'doubled' | 'lost' | 'received') => stages.reduce((total, stage) => total + stage[name], 0)
  return {
    'double replies': { value: sum('doubled'), unit: 'replies', said: `${sum('doubled')} of ${sum('received')}` },
    'lost replies': { value: sum('lost'), unit: 'replies', said: `${sum('lost')} never came within 5 s` },
  }
}
