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

/** A fault that is left out needs no healing. */
const nothing: Injected = { heal: async () => {}, [Symbol.asyncDispose]: async () => {} }

/** Breaks things, sees that they are broken, mends them, sees that they are mended. */
export function createNemesis(options: NemesisOptions): Nemesis & Closes {
  const { cluster, recorder, log, random, sleepers, elapsedMs, report } = options
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
        withinMs: options.healWithinMs ?? healWithinMs,
        why: `not healed within ${(options.healWithinMs ?? healWithinMs) / 1_000} s`,
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

  return {
    /** Resolves when the fault was seen to hold, or was looked for in vain; the verdict knows which. */
    async inject(wishedKind: FaultName, wishedTarget: string, wishedOptions: FaultOptions = {}): Promise<Injected> {
      if (isClosed) throw new Error(`${wishedKind} ${wishedTarget} was asked for after the end of the scenario`)
      if (!isFaultName(wishedKind)) {
        const kind: string = wishedKind
        throw new UsageError(
          `there is no fault ${kind}${orNearest(kind, Object.keys(faults))}; "squall list faults" lists them`,
        )
      }
      const chosen = resolveTarget(wishedTarget, await sceneFor(cluster, wishedKind, wishedTarget), random)
      const decided = log.decide({
        kind: 'fault',
        name: wishedKind,
        target: wishedTarget,
        options: wishedOptions,
        ...(chosen !== wishedTarget && { value: chosen }),
      })
      if (decided.leftOut) return nothing
      const { name: kind, options = {} } = decided
      const target = String(decided.value ?? decided.target)
      const parts = partsOf(target)
      const definition = faults[kind as FaultName]
      const fault = together(
        (definition.isOfAllParts ? [target] : parts).map((part) => ({
          target: part,
          fault: definition.create(cluster, part, options, sleepers?.()),
        })),
      )
      lastId += 1
      const record: FaultRecord = {
        id: lastId,
        kind,
        target,
        // What stands in front of the nodes is touched by what happens to them, and so are its clients.
        parts: cluster.balancer ? [...parts, balancerName] : parts,
        options,
        ...effectsIn(cluster, parts, definition.effectsOf(options)),
        requestedMs: now(),
        witnessedOnMs: null,
        healRequestedMs: null,
        witnessedOffMs: null,
        witness: { on: 'not looked for yet', off: 'not healed yet' },
      }
      report({ kind, target, state: 'injecting' })
      active.set(record.id, () => heal(fault, record))
      note(record)
      await fault.inject().catch((error: Error) => {
        record.witness.on = `could not be injected: ${error.message}`
        note(record)
        throw error
      })
      if (isClosed) {
        // It took hold after everything was healed, in a step that had been abandoned.
        await fault.heal()
        throw new Error(`${kind} ${target} took hold after the end of the scenario`)
      }
      const { seen, why } = await fault
        .witnessOn()
        .catch((error: Error) => ({ seen: false, why: `the witness failed: ${error.message}` }))
      if (seen) record.witnessedOnMs = now()
      record.witness.on = why
      note(record)
      report({ kind, target, state: 'on' })
      const healThis = () => heal(fault, record)
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
