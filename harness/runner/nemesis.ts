import type { Cluster } from '../cluster/cluster.ts'
import type { Injected, Nemesis } from '../context.ts'
import type { Fault, FaultOptions, Sleeper } from '../faults/fault.ts'
import { type FaultName, faults } from '../faults/index.ts'
import { partsOf, resolveTarget, type Scene } from '../faults/targets.ts'
import { together } from '../faults/together.ts'
import type { FaultRecord } from '../history/operation.ts'
import type { Recorder } from '../history/recorder.ts'
import type { DecisionLog } from '../plans/schedule.ts'
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
  report(fault: { kind: string; target: string; state: FaultState }): void
}

/** A fault that is left out needs no healing. */
const nothing: Injected = { heal: async () => {}, [Symbol.asyncDispose]: async () => {} }

/** Breaks things, sees that they are broken, mends them, sees that they are mended. */
export function createNemesis(options: NemesisOptions): Nemesis {
  const { cluster, recorder, log, random, sleepers, elapsedMs, report } = options
  const active = new Map<number, () => Promise<void>>()
  const now = () => Math.round(elapsedMs())
  let lastId = 0

  const note = (record: FaultRecord) =>
    recorder.record({ who: 'nemesis', type: 'fault', value: { ...record, witness: { ...record.witness } } })

  async function heal(fault: Fault, record: FaultRecord) {
    if (!active.delete(record.id)) return
    record.healRequestedMs = now()
    report({ kind: record.kind, target: record.target, state: 'healing' })
    try {
      await fault.heal()
      const { seen, why } = await fault.witnessOff()
      if (seen) record.witnessedOffMs = now()
      record.witness.off = why
    } catch (error) {
      record.witness.off = `healing failed: ${(error as Error).message}`
    }
    note(record)
    report({ kind: record.kind, target: record.target, state: 'off' })
  }

  return {
    /** Resolves when the fault was seen to hold, or was looked for in vain; the verdict knows which. */
    async inject(wishedKind: FaultName, wishedTarget: string, wishedOptions: FaultOptions = {}): Promise<Injected> {
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
        parts.map((part) => ({ target: part, fault: definition.create(cluster, part, options, sleepers?.()) })),
      )
      lastId += 1
      const record: FaultRecord = {
        id: lastId,
        kind,
        target,
        parts,
        options,
        ...definition.effectsOf(options),
        requestedMs: now(),
        witnessedOnMs: null,
        healRequestedMs: null,
        witnessedOffMs: null,
        witness: { on: 'not looked for yet', off: 'not healed yet' },
      }
      report({ kind, target, state: 'injecting' })
      active.set(record.id, () => heal(fault, record))
      note(record)
      await fault.inject()
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
    /** In the reverse order of injection. */
    async healEverything() {
      for (const healOne of [...active.values()].reverse()) await healOne()
    },
  }
}

/** Which actors there are is asked only for a fault that is aimed at one. */
async function sceneFor(cluster: Cluster, kind: FaultName, target: string): Promise<Scene> {
  const [node = ''] = target.split('/')
  return {
    nodes: cluster.nodes,
    ...(faults[kind].aim.resolvesActors && { actors: await cluster.node(node).control.actors() }),
  }
}
