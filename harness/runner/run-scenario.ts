import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fetchRendering } from '../apps/store/rendering.ts'
import { readOrders, readStock } from '../apps/store/store-reads.ts'
import { faultsWitnessed } from '../checkers/core/faults-witnessed.ts'
import type { BrowserPool } from '../clients/browser.ts'
import type { Cluster, PubSubName } from '../cluster/cluster.ts'
import { type ActorInfo, ControlError } from '../cluster/control-client.ts'
import type { ClusterFactory } from '../cluster/driver.ts'
import { canary } from '../faults/canary.ts'
import { toHistory } from '../history/history.ts'
import type { HistoryEvent, NewEvent } from '../history/operation.ts'
import { createRecorder, type Recorder } from '../history/recorder.ts'
import { type Leases, type ScopedLeases, scopeLeases } from '../leases/leases.ts'
import { createDecisionLog, ScheduleDiverged, type ScheduleEntry } from '../plans/schedule.ts'
import { systemClock as clock } from '../platform/clock.ts'
import { NotSupported } from '../platform/errors.ts'
import { seededRandom } from '../platform/random.ts'
import { until } from '../platform/until.ts'
import type { Reporter } from '../reporters/reporter.ts'
import type { Scenario } from '../scenario.ts'
import { type Checker, judge, type Verdict, worst } from '../verdict/checker.ts'
import type { CheckResult, ExpectationResult, Outcome, ScenarioResult, Skipped, StepResult } from '../verdict/result.ts'
import { checkersOf } from './checkers-of.ts'
import { createContext, NotReached, type ScenarioContext } from './context.ts'
import { createNemesis, type Nemesis } from './nemesis.ts'

export interface ScenarioSettings {
  seed: number
  nodes: number
  pubsub: PubSubName
  defects: readonly string[]
  ground: ClusterFactory
  browsers: BrowserPool
  leases: Leases
  /** Data of the cluster; gone after the run. */
  workFolder: string
  /** Traces, screenshots and logs of a scenario that did not pass; kept. */
  artifactFolder: string
  reporter: Required<Pick<Reporter, 'onPhase' | 'onStep' | 'onFault'>>
  recorded?: readonly ScheduleEntry[]
  sink(event: HistoryEvent): void
  replay: string
  /** Set when somebody pressed Ctrl-C: the scenario stops between two steps and is healed. */
  interrupted(): boolean
}

/** The check that tells whether a scenario cleaned up after itself. */
export const leftBehindCheck = 'nothing-left-behind'

export interface ScenarioRun {
  result: ScenarioResult
  /** Why the scenario cannot be told on this kind of cluster. */
  skippedBecause?: string
  skippedCheckers: readonly Skipped[]
  entries: readonly ScheduleEntry[]
}

interface Stage {
  scenario: Scenario
  settings: ScenarioSettings
  recorder: Recorder
  log: ReturnType<typeof createDecisionLog>
  elapsedMs(): number
  steps: StepResult[]
  expectations: ExpectationResult[]
  checks: CheckResult[]
  artifacts: string[]
  leases: ScopedLeases
  cluster?: Cluster
  nemesis?: Nemesis
  context?: ScenarioContext
  /** How much had happened when everybody was back. */
  restFrom?: number
  /** Why the scenario could not be told to its end. */
  obstacle?: string
  skippedBecause?: string
  skippedCheckers: Skipped[]
}

/** The life of a scenario, in order; the report uses the same names. */
const phases: [name: string, run: (stage: Stage) => Promise<void>][] = [
  ['provision', provision],
  ['steady-state', checkSteadyState],
  ['steps', runSteps],
  ['heal', healEverything],
  ['settle', awaitSettled],
  ['final-reads', readFinalState],
  ['judge', judgeHistory],
  ['clean-up', cleanUp],
]
/** Why a checker or a scenario of the store says nothing about a system without it. */
const noShop = 'the target has no shop, or no command that puts it back to a fresh seed'

/** What still happens after an obstacle: mend, judge what there is, leave nothing behind. */
const always = new Set(['heal', 'judge', 'clean-up'])
/** A scenario that broke off may still have left a lasting wrong, which must not hide behind "unknown". */
const afterAStory = new Set(['settle', 'final-reads'])

export async function runScenario(scenario: Scenario, settings: ScenarioSettings): Promise<ScenarioRun> {
  const startedMs = clock.monotonicMs()
  const startedAt = new Date(clock.now()).toISOString()
  const elapsedMs = () => clock.monotonicMs() - startedMs
  // What a node refuses as wrong or sold out certainly did not happen; silence, or a failure in the middle, may have.
  const isDefinite = (error: unknown) => error instanceof ControlError && error.status >= 400 && error.status < 500
  const isBeyondIt = (error: unknown) => error instanceof NotSupported
  const recorder = createRecorder({ elapsedMs, sink: settings.sink, isDefinite, isBeyondIt })
  const log = createDecisionLog(settings.recorded)
  const stage: Stage = {
    scenario,
    settings,
    recorder,
    log,
    elapsedMs,
    steps: [],
    expectations: [],
    checks: [],
    artifacts: [],
    skippedCheckers: [],
    leases: scopeLeases(settings.leases),
  }
  const timings: ScenarioResult['phases'] = []
  for (const [name, run] of phases) {
    if (stage.obstacle !== undefined && !always.has(name) && !canStillSee(stage, name)) continue
    settings.reporter.onPhase(scenario.id, name)
    const startMs = Math.round(elapsedMs())
    try {
      await run(stage)
    } catch (error) {
      if (error instanceof NotSupported) stage.skippedBecause ??= error.message
      const why = `${name}: ${(error as Error).message}`
      stage.obstacle ??= why
      // Nobody judges after these two: what they could not do has to be said here.
      if (name === 'judge' || name === 'clean-up')
        stage.checks.push({ name: 'scenario-completed', outcome: 'unknown', why, evidence: {} })
    }
    timings.push({ name, startMs, endMs: Math.round(elapsedMs()) })
  }
  const history = toHistory(recorder.events)
  const { steps, expectations: seen, checks, artifacts } = stage
  const result: ScenarioResult = {
    id: scenario.id,
    title: scenario.title,
    invariant: scenario.invariant,
    covers: scenario.covers,
    outcome: outcomeOf(checks),
    startedAt,
    durationMs: Math.round(elapsedMs()),
    phases: timings,
    steps,
    expectations: seen,
    faults: history.faults,
    checks,
    replay: settings.replay,
    artifacts,
  }
  const { skippedBecause, skippedCheckers } = stage
  // A proven violation is never hidden, also not by what the cluster could not do after it.
  const isSkipped = skippedBecause !== undefined && result.outcome !== 'violated'
  return { result, entries: log.entries, skippedCheckers, ...(isSkipped && { skippedBecause }) }
}

const canStillSee = ({ steps, settings }: Stage, phase: string) =>
  afterAStory.has(phase) && steps.length > 0 && !settings.interrupted()

const names: Record<Verdict['outcome'], Outcome> = { passed: 'passed', unknown: 'unknown', violated: 'violated' }
const outcomeOf = (checks: readonly CheckResult[]) => names[worst(checks.map(({ outcome }) => outcome))]

async function provision(stage: Stage) {
  const { scenario, settings, recorder, log, elapsedMs } = stage
  const { given = {}, id } = scenario
  const cluster = await settings.ground.start({
    nodes: given.nodes ?? settings.nodes,
    pubsub: given.pubsub ?? settings.pubsub,
    folder: join(settings.workFolder, id.replaceAll('/', '-')),
    leases: stage.leases,
    random: seededRandom(settings.seed),
    defects: settings.defects,
    ...(given.env && { env: given.env }),
    ...(given.nodesWithoutWeb && { webless: given.nodesWithoutWeb }),
    ...(given.stock && { stock: given.stock }),
  })
  stage.cluster = cluster
  const report = (fault: Parameters<typeof settings.reporter.onFault>[1]) => settings.reporter.onFault(id, fault)
  const nemesis = createNemesis({
    cluster,
    recorder,
    log,
    random: seededRandom(settings.seed ^ hash(`faults of ${id}`)),
    sleepers: () => stage.context?.shoppers().flatMap(({ tabs }) => tabs) ?? [],
    elapsedMs,
    report,
  })
  stage.nemesis = nemesis
  stage.context = createContext({
    cluster,
    nemesis,
    recorder,
    log,
    random: seededRandom(settings.seed ^ hash(id)),
    browsers: settings.browsers,
  })
}

/** So that two scenarios of one run do not draw the same numbers. */
const hash = (text: string) => [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7)

const steadyWithinMs = 20_000

/** What is not healthy before it is broken proves nothing. */
async function checkSteadyState({ cluster }: Stage) {
  await allReady(cluster!, steadyWithinMs)
  if (!cluster!.hasShop) return
  for (const node of cluster!.nodes.filter(({ hasWeb }) => hasWeb)) await fetchRendering(`${node.directUrl}/`)
}

async function allReady(cluster: Cluster, withinMs: number) {
  if (!cluster.hasShop) return allAnswer(cluster, withinMs)
  await Promise.all(
    cluster.nodes.map((node) =>
      until(
        async () => {
          const { ready, peers } = await node.control.ready()
          return ready && cluster.nodes.every(({ name }) => name === node.name || peers[name])
        },
        { what: `${node.name} is ready and sees its peers`, withinMs },
      ),
    ),
  )
}

/** All that can be asked of a server that is not ours. */
async function allAnswer({ nodes }: Cluster, withinMs: number) {
  for (const node of nodes)
    await until(async () => (await canary(node.port)).answer === 'answered', {
      what: `${node.name} answers HTTP`,
      withinMs,
    })
}

async function runSteps(stage: Stage) {
  const { scenario, settings, context, recorder, steps, elapsedMs } = stage
  for (const [index, { title, run }] of scenario.steps.entries()) {
    if (settings.interrupted()) throw new NotReached('interrupted')
    const n = index + 1
    settings.reporter.onStep(scenario.id, n, title)
    recorder.record({ who: 'scenario', type: 'step', operation: title, value: n })
    const result: StepResult = { n, title, startMs: Math.round(elapsedMs()), endMs: 0 }
    steps.push(result)
    try {
      await run(context!)
      result.endMs = Math.round(elapsedMs())
      for (const one of scenario.expectations.filter((expectation) => expectation.after === n))
        await expectThat(stage, one)
    } catch (error) {
      result.endMs = Math.round(elapsedMs())
      result.error = (error as Error).message
      if (error instanceof NotSupported) throw error
      const why =
        error instanceof NotReached || error instanceof ScheduleDiverged
          ? result.error
          : `step ${n} (${title}) failed: ${result.error}`
      throw new NotReached(why)
    }
  }
}

async function expectThat(
  { context, recorder, expectations: results }: Stage,
  { after: step, title, check }: Scenario['expectations'][number],
) {
  try {
    await check(context!)
    results.push({ after: step, title, outcome: 'passed', why: 'seen' })
    recorder.record({ who: 'scenario', type: 'expectation', value: { after: step, text: title, met: true } })
  } catch (error) {
    if (error instanceof NotReached || error instanceof ScheduleDiverged || error instanceof NotSupported) throw error
    const why = (error as Error).message
    results.push({ after: step, title, outcome: 'violated', why })
    recorder.record({
      who: 'scenario',
      type: 'expectation',
      value: { after: step, text: title, met: false },
      error: why,
    })
  }
}

async function healEverything({ nemesis }: Stage) {
  await nemesis?.healEverything()
}

const settleWithinMs = 15_000
/** Longer than a message may be on its way (`inFlightMs` of the ledger): what has not arrived by then is lost. */
const quietMs = 700

/** Until all nodes are well, every client is back, and nothing changes any more. What never settles is judged as it is. */
async function awaitSettled(stage: Stage) {
  const { cluster, context } = stage
  await allReady(cluster!, settleWithinMs)
  const everybodyBack = async () => {
    for (const { joins } of listeners(context!)) {
      const { connected, expected, joined } = await joins()
      if (!connected || joined.length < expected.length) return false
    }
    return true
  }
  await until(everybodyBack, { what: 'everybody is joined again', withinMs: settleWithinMs, everyMs: 150 }).catch(
    () => {},
  )
  // A node that has just come back learns from the others who is there, and what they have in their carts.
  const agreed = async () => {
    if (!cluster!.hasShop) return true
    const states = await Promise.all(cluster!.nodes.map(({ control }) => control.state()))
    const known = states.map(({ carts }) => JSON.stringify(carts.map((cart) => JSON.stringify(cart)).sort()))
    return new Set(known).size === 1
  }
  await until(agreed, {
    what: 'the nodes agree on who is there with what',
    withinMs: settleWithinMs,
    everyMs: 150,
  }).catch(() => {})
  stage.restFrom = stage.recorder.events.length
  let before = ''
  const unchanged = async () => {
    const now = JSON.stringify(
      await Promise.all(
        [...context!.shoppers(), ...context!.admins()]
          .flatMap(({ tabs }) => tabs)
          .map(async (tab) => [await tab.rendering(), await tab.cart(), { ...(await tab.dashboard()), staleness: '' }]),
      ).then((shown) => [shown, context!.wireShoppers().map((one) => one.cart())]),
    )
    const same = now === before
    before = now
    return same
  }
  await until(unchanged, { what: 'the pages stop changing', withinMs: settleWithinMs, everyMs: quietMs })
}

/** Everybody who listens: open tabs and channel clients. */
function listeners(context: ScenarioContext) {
  const tabs = [...context.shoppers(), ...context.admins()].flatMap(({ tabs: open }) => open)
  return [
    ...tabs.map((tab) => ({ who: tab.who, joins: tab.joins })),
    ...[...context.clients(), ...context.wireShoppers()].map((client) => ({
      who: client.name,
      joins: async () => client.joins(),
    })),
  ]
}

const readsMax = 3

/** Who lost the connection since all seemed at rest, because the machine was busy elsewhere, is just coming back: then it is read again. */
async function readFinalState(stage: Stage) {
  const { recorder } = stage
  let finals = await finalReads(stage)
  for (let reads = 1; reads < readsMax && isDisturbed(stage); reads += 1) {
    await awaitSettled(stage).catch(() => {})
    finals = await finalReads(stage)
  }
  for (const final of finals) recorder.record(final)
}

const isDisturbed = ({ recorder, restFrom = 0 }: Stage) =>
  recorder.events.slice(restFrom).some(({ type }) => type === 'disconnect')

async function finalReads(stage: Stage): Promise<NewEvent[]> {
  const { cluster, context } = stage
  const finals: NewEvent[] = []
  const final: Final = (operation, value, who = 'harness', node) =>
    void finals.push({ who, type: 'final', operation, value, ...(node && { node }) })
  if (cluster!.hasShop) await readShop(stage, final)
  for (const { who, joins } of listeners(context!)) final('joined', await joins(), who)
  return finals
}

type Final = (operation: string, value: unknown, who?: string, node?: string) => void

/** What the store holds and shows, everywhere. */
async function readShop({ cluster, context }: Stage, final: Final) {
  final('database', await readStock(cluster!.database))
  for (const { name, control } of cluster!.nodes) {
    final('node-state', await control.state(), name, name)
    final('channels', channelCount(await control.actors()), name, name)
  }
  for (const node of cluster!.nodes.filter(({ hasWeb }) => hasWeb))
    final('fresh-render', await fetchRendering(`${node.directUrl}/`), 'fresh', node.name)
  final('orders', await readOrders(cluster!.database))
  for (const tab of context!.shoppers().flatMap(({ tabs }) => tabs)) {
    const [rendering, cart] = [await tab.rendering(), await tab.cart()]
    if (rendering.products.length > 0) final('view', rendering, tab.who, tab.node)
    if (cart) final('cart', cart, tab.who, tab.node)
  }
  for (const one of context!.wireShoppers()) final('cart', one.cart(), one.name, one.node)
  for (const cart of context!.crowds().flatMap((crowd) => (crowd.connectedCount() > 0 ? crowd.carts() : [])))
    final('cart', cart, cart.shopper)
  for (const tab of context!.admins().flatMap(({ tabs }) => tabs))
    final('dashboard', await tab.dashboard(), tab.who, tab.node)
}

/** How many topics' channels live on a node; the other actors have no topic in their names. */
const channelCount = (actors: readonly ActorInfo[]) => actors.filter(({ name }) => name?.includes(':')).length

async function judgeHistory(stage: Stage) {
  const { scenario, recorder, checks, obstacle, log, cluster } = stage
  const history = toHistory(recorder.events)
  const { true: silent = [], false: checkers = [] } = Object.groupBy(checkersOf(scenario), ({ needsShop }) =>
    String(needsShop === true && cluster?.hasShop === false),
  ) as Partial<Record<string, Checker[]>>
  stage.skippedCheckers = silent.map(({ name }) => ({ id: `${scenario.id}, invariant ${name}`, why: noShop }))
  // What is left would only say that the faults were witnessed.
  if (silent.length > 0 && checkers.every(({ name }) => name === faultsWitnessed.name)) stage.skippedBecause ??= noShop
  for (const checker of checkers) checks.push({ name: checker.name, ...judge(checker, history) })
  const left = log.remaining()
  if (left > 0 && obstacle === undefined)
    checks.push({
      name: 'replayed-to-its-end',
      outcome: 'unknown',
      why: `schedule diverged: the scenario ended before ${left} recorded decisions were asked for`,
      evidence: { left },
    })
  if (obstacle !== undefined)
    checks.push({ name: 'scenario-completed', outcome: 'unknown', why: obstacle, evidence: {} })
}

async function cleanUp(stage: Stage) {
  const { settings, cluster, context, checks, artifacts, scenario } = stage
  const folder = join(settings.artifactFolder, scenario.id.replaceAll('/', '-'))
  if (outcomeOf(checks) !== 'passed') {
    mkdirSync(folder, { recursive: true })
    for (const shopper of [...(context?.shoppers() ?? []), ...(context?.admins() ?? [])])
      artifacts.push(...(await shopper.saveEvidence(folder).catch(() => [])))
  }
  await context?.close()
  await cluster?.stop()
  checks.push(nothingLeftBehind(await stage.leases.settle()))
}

/** Reported as a leak of the run too, with an exit code of its own: it says nothing about the system. */
const nothingLeftBehind = (leaks: readonly string[]): CheckResult => ({
  name: leftBehindCheck,
  outcome: leaks.length > 0 ? 'unknown' : 'passed',
  why: leaks.length > 0 ? `left behind: ${leaks.join(', ')}` : 'no process and no port of the cluster is left',
  evidence: leaks.length > 0 ? { leaks } : {},
})
