import { balancerName } from '../cluster/balancer/balancer.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Injected, Nemesis } from '../context.ts'
import { effectsIn } from '../faults/effects.ts'
import type { Fault, FaultOptions, Sleeper } from '../faults/fault.ts'
import { type FaultName, faults, isFaultName } from '../faults/index.ts'
import { partsOf, resolveTarget, type Scene } from '../faults/targets.ts'
import { together } from '../faults/together.ts'
import type { FaultRecord } from '../history/operation.ts'
import type { Recorder } from '../history/recorder.ts'
import type { DecisionLog } from '../plans/schedule.ts'
import { UsageError } from '../platform/errors.ts'
import { limited } from '../platform/limited.ts'
import { orNearest } from '../platform/nearest.ts'
import type { Random } from '../platform/random.ts'
import type { FaultState } from '../reporters/reporter.ts'

interface NemesisOptions {
  cluster: Cluster
  recorder: Recorder
  log: DecisionLog
  /** Draws what a scenario leaves to chance: `any`, `minority`, `n1/*`. */
  random: Random
  /** Clients that can be suspended. */
  sleepers?(): readonly Sleeper[]
  elapsedMs(): number
  /** How long one fault may take to heal before the next one is healed. */
  healWithinMs?: number
  report(fault: { kind: string; target: string; state: FaultState }): void
}

interface Closes {
  /** Heals everything; what a step that was abandoned asks for later is refused. */
  close(): Promise<void>
}

/** Longer than any healing waits on purpose. */
const healWithinMs = 60_000

/** What is injected in the end, with a target without choices. */
interface Decided {
  kind: FaultName
  target: string
  options: FaultOptions
}

/** A fault that is left out needs no healing. */
const nothing: Injected = { heal: async () => {}, [Symbol.asyncDispose]: async () => {} }

/** Breaks things, sees that they are broken, mends them, sees that they are mended. */
export function createNemesis(options: NemesisOptions): Nemesis & Closes {
  const { cluster, recorder, log, random, sleepers, elapsedMs, report } = options
  const healLimitMs = options.healWithinMs ?? healWithinMs
  const active = new Map<number, () => Promise<void>>()
  const now = () => Math.round(elapsedMs())
  let lastId = 0
  let isClosed = false

  const note = (record: FaultRecord) =>
    recorder.record({ who: 'nemesis', type: 'fault', value: { ...record, witness: { ...record.witness } } })

  async function heal(fault: Fault, record: FaultRecord) {
    if (!active.delete(record.id)) return
    record.healRequestedMs = now()
    report({ kind: record.kind, target: record.target, state: 'healing' })
    try {
      const { seen, why } = await limited(() => healAndLook(fault), {
        withinMs: healLimitMs,
        why: `not healed within ${healLimitMs / 1_000} s`,
      })
      if (seen) record.witnessedOffMs = now()
      record.witness.off = why
    } catch (error) {
      record.witness.off = `healing failed: ${(error as Error).message}`
    }
    note(record)
    report({ kind: record.kind, target: record.target, state: 'off' })
  }

  /** In the reverse order of injection. */
  async function healEverything() {
    for (const healOne of [...active.values()].reverse()) await healOne()
  }

  /** Draws the target, unless a replay has recorded it. Resolves to undefined when the replay leaves the fault out. */
  async function decide(kind: FaultName, target: string, options: FaultOptions): Promise<Decided | undefined> {
    const chosen = resolveTarget(target, await sceneFor(cluster, kind, target), random)
    const decided = log.decide({
      kind: 'fault',
      name: kind,
      target,
      options,
      ...(chosen !== target && { value: chosen }),
    })
    if (decided.leftOut) return undefined
    return {
      kind: decided.name as FaultName,
      target: String(decided.value ?? decided.target),
      options: decided.options ?? {},
    }
  }

  function createFault({ kind, target, options }: Decided): Fault {
    const { create, isOfAllParts } = faults[kind]
    const parts = isOfAllParts ? [target] : partsOf(target)
    return together(parts.map((part) => ({ target: part, fault: create(cluster, part, options, sleepers?.()) })))
  }

  function newRecord({ kind, target, options }: Decided): FaultRecord {
    const parts = partsOf(target)
    lastId += 1
    return {
      id: lastId,
      kind,
      target,
      // What stands in front of the nodes is touched by what happens to them, and so are its clients.
      parts: cluster.balancer ? [...parts, balancerName] : parts,
      options,
      ...effectsIn(cluster, parts, faults[kind].effectsOf(options)),
      requestedMs: now(),
      witnessedOnMs: null,
      healRequestedMs: null,
      witnessedOffMs: null,
      witness: { on: 'not looked for yet', off: 'not healed yet' },
    }
  }

  async function takeHold(fault: Fault, record: FaultRecord) {
    await fault.inject().catch((error: Error) => {
      record.witness.on = `could not be injected: ${error.message}`
      note(record)
      throw error
    })
    if (!isClosed) return
    // It took hold after everything was healed, in a step that had been abandoned.
    await fault.heal()
    throw new Error(`${record.kind} ${record.target} took hold after the end of the scenario`)
  }

  async function lookForIt(fault: Fault, record: FaultRecord) {
    const { seen, why } = await fault
      .witnessOn()
      .catch((error: Error) => ({ seen: false, why: `the witness failed: ${error.message}` }))
    if (seen) record.witnessedOnMs = now()
    record.witness.on = why
    note(record)
  }

  return {
    /** Resolves when the fault was seen to hold, or was looked for in vain; the verdict knows which. */
    async inject(wishedKind: FaultName, wishedTarget: string, wishedOptions: FaultOptions = {}): Promise<Injected> {
      if (isClosed) throw new Error(`${wishedKind} ${wishedTarget} was asked for after the end of the scenario`)
      checkKind(wishedKind)
      const decided = await decide(wishedKind, wishedTarget, wishedOptions)
      if (!decided) return nothing
      const { kind, target } = decided
      const fault = createFault(decided)
      const record = newRecord(decided)
      const healThis = () => heal(fault, record)
      report({ kind, target, state: 'injecting' })
      active.set(record.id, healThis)
      note(record)
      await takeHold(fault, record)
      await lookForIt(fault, record)
      report({ kind, target, state: 'on' })
      return { heal: healThis, [Symbol.asyncDispose]: healThis }
    },
    heal: async (id) => active.get(id)?.(),
    healEverything,
    async close() {
      isClosed = true
      await healEverything()
    },
  }
}

/** Types do not hold a scenario in JavaScript, nor the console. Throws UsageError. */
function checkKind(kind: string) {
  if (!isFaultName(kind))
    throw new UsageError(
      `there is no fault ${kind}${orNearest(kind, Object.keys(faults))}; "squall list faults" lists them`,
    )
}

async function healAndLook(fault: Fault) {
  await fault.heal()
  return fault.witnessOff()
}

/** Which actors there are is asked only for a fault that is aimed at one. */
async function sceneFor(cluster: Cluster, kind: FaultName, target: string): Promise<Scene> {
  const [node = ''] = target.split('/')
  return {
    nodes: cluster.nodes,
    ...(faults[kind].aim.resolvesActors && { actors: await cluster.node(node).control.actors() }),
  }
}
