import type { Cluster } from '../cluster/cluster.ts'
import type { CoreContext } from '../context.ts'
import { type FaultName, faults, isFaultName } from '../faults/index.ts'
import type { HistoryEvent } from '../history/operation.ts'
import { lastRecords } from '../plans/recording.ts'
import { systemClock as clock } from '../platform/clock.ts'
import { UsageError } from '../platform/errors.ts'
import { checkersOf } from '../runner/checkers-of.ts'
import { handledApp, scenarioByHand } from '../runner/recording-scenario.ts'
import { judgeNow, type NowJudged } from './judge-now.ts'
import { startProbes } from './probes.ts'
import { ratesOf } from './rates.ts'
import type { Sessions } from './session.ts'
import { faultView, type Offer, type Snapshot } from './snapshot.ts'
import { offerOf } from './targets.ts'

/** What the page can see and ask for. All of it goes through the context of the session, as the steps of a scenario do. */
export interface Console {
  snapshot(): Snapshot
  offer(): Offer
  /** Resolves when it was witnessed, or looked for in vain; rejects with a sentence when it could not be asked for. */
  inject(kind: string, target: string, options: Record<string, unknown>): Promise<void>
  heal(id: number): Promise<void>
  healEverything(): Promise<void>
  /** Rejects with a sentence when the node refused it, or did not answer. */
  operate(name: string, node: string, value: Record<string, unknown>): Promise<void>
  readonly sessions: Sessions
  close(): Promise<void>
}

/** What the nodes hold is accounted for by clients that the history knows. */
const neverJudgedByHand = {
  'node-inventory-accounted': 'cannot judge here: people use the nodes of whom the history knows nothing',
}

const judgeEveryMs = 2_000
/** Judging takes at most this share of the time. */
const judgeShare = 0.1
const ratesOverMs = 3_000
/** After how many events a session that nobody keeps begins anew. */
const eventsMax = 200_000

interface Options {
  cluster: Cluster
  sessions: Sessions
  /** Where a person reaches the shop: through links of their own. */
  shop: ShopAddress[]
}

export interface ShopAddress {
  node: string
  url: string
  link: string
}

/** Links between nodes first, then those of a person, then all others. Pure. */
export function linksToBreak(nodes: readonly string[], used: readonly string[], ofPeople: readonly string[]): string[] {
  const isBetweenNodes = (name: string) => name.split('->').every((end) => nodes.includes(end))
  const others = used.filter((name) => !ofPeople.includes(name) && !name.startsWith('witness->'))
  return [...others.filter(isBetweenNodes), ...ofPeople, ...others.filter((name) => !isBetweenNodes(name))]
}

const nothingYet: readonly HistoryEvent[] = []

export function openConsole({ cluster, sessions, shop }: Options): Console {
  const { controls } = handledApp()
  /** The numbers of faults that are being healed: their records do not say so. */
  const healing = new Set<number>()
  const neverJudged = { ...neverJudgedByHand, ...controls.neverJudged }
  let checks: NowJudged[] = []
  let isOver = false
  const eventsOf = () => sessions.context()?.recorder.events ?? nothingYet
  const probes = startProbes({ cluster, controls, eventsOf })
  const checkers = checkersOf(scenarioByHand({ title: 'now', nodes: 1, perform: async () => {} }))

  function judge() {
    const { now } = probes.seen
    const events = eventsOf()
    // What happened after it was read must not be compared with it.
    checks =
      now?.of === events
        ? judgeNow(checkers, neverJudged, events.slice(0, now.afterEvents), now.events)
        : judgeNow(checkers, neverJudged, events, [])
  }

  async function judgeAgainAndAgain() {
    while (!isOver) {
      const startedMs = clock.monotonicMs()
      judge()
      const tookMs = clock.monotonicMs() - startedMs
      if (eventsOf().length > eventsMax && sessions.mode() === 'watching' && healthy())
        await sessions.renew().catch(() => {})
      await clock.sleep(Math.max(judgeEveryMs, tookMs / judgeShare))
    }
  }

  const records = () => [...lastRecords(eventsOf()).values()]
  const healthy = () => records().every(({ healRequestedMs }) => healRequestedMs !== null)
  const judging = judgeAgainAndAgain()

  function requireContext(): CoreContext {
    const context = sessions.context()
    if (context && sessions.mode() !== 'saving' && sessions.mode() !== 'starting') return context
    throw new UsageError('a session is just beginning or being saved; wait until it is done')
  }

  return {
    sessions,
    snapshot() {
      const { seen } = probes
      const context = sessions.context()
      const nowMs = context?.recorder.nowMs() ?? 0
      return {
        mode: sessions.mode(),
        phase: sessions.phase(),
        elapsedMs: nowMs,
        nodes: seen.nodes,
        links: seen.links.map(({ atMs: _atMs, ...link }) => link),
        database: seen.database,
        ...(seen.redis && { redis: seen.redis }),
        rates: ratesOf(eventsOf(), nowMs, ratesOverMs),
        faults: records()
          .map((fault) => faultView(fault, nowMs, healing.has(fault.id)))
          .reverse(),
        checks,
        app: seen.app,
        saved: sessions.saved().map(({ folder, outcome, why, replay, recording }) => ({
          folder,
          outcome,
          why,
          replay,
          entryCount: recording.entries.length,
        })),
      }
    },
    offer() {
      const { seen } = probes
      const scene = {
        nodes: cluster.nodes.map(({ name }) => name),
        links: linksToBreak(
          cluster.nodes.map(({ name }) => name),
          seen.links.map(({ name }) => name),
          shop.map(({ link }) => link),
        ),
        hasRedis: cluster.redis !== undefined,
        actors: seen.actors,
        topics: seen.topics,
      }
      return { shop, faults: Object.values(faults).map((fault) => offerOf(fault, scene)) }
    },
    async inject(kind, target, options) {
      if (!isFaultName(kind)) throw new UsageError(`there is no fault ${kind}; "squall list faults" lists them`)
      const context = requireContext()
      faults[kind as FaultName].checkOptions(options)
      await context.nemesis.inject(kind, target, options)
    },
    async heal(id) {
      const { nemesis } = requireContext()
      if (!lastRecords(eventsOf()).has(id)) throw new UsageError(`this session has no fault ${id}`)
      healing.add(id)
      await nemesis.heal(id).finally(() => healing.delete(id))
    },
    healEverything: async () => requireContext().nemesis.healEverything(),
    async operate(name, node, value) {
      const operation = Object.hasOwn(controls.operations, name) ? controls.operations[name] : undefined
      if (!operation)
        throw new UsageError(`there is no operation ${name}; there are ${Object.keys(controls.operations).join(', ')}`)
      const outcome = await operation.run(requireContext(), node, value)
      if (outcome.kind !== 'ok')
        throw new UsageError(`${operation.title} by ${node} ended ${outcome.kind}: ${outcome.error}`)
    },
    async close() {
      isOver = true
      await Promise.all([probes.stop(), judging, sessions.close()])
    },
  }
}
