import type { Cluster } from './cluster.ts'
import type { SimulatedFault } from './faults/fault.ts'
import { faults } from './faults/index.ts'
import { partsOf } from './faults/partition.ts'

export interface PlannedFault {
  kind: string
  target: string
  options: Record<string, unknown>
}

/** A fault's life, in the form in which the record of a live run has it too. */
interface FaultRecord extends PlannedFault {
  id: number
  parts: string[]
  requestedMs: number
  witnessedOnMs: number | null
  healRequestedMs: number | null
  witnessedOffMs: number | null
  witness: { on: string; off: string }
}

export type Nemesis = ReturnType<typeof createNemesis>

/** Breaks things, sees that they are broken, mends them, sees that they are mended; the record has all of it. */
export function createNemesis(cluster: Cluster) {
  const { clock, recorder } = cluster
  const active: { planned: PlannedFault; fault: SimulatedFault; record: FaultRecord }[] = []
  let lastId = 0

  const note = (record: FaultRecord) =>
    recorder.record({ who: 'nemesis', type: 'fault', value: { ...record, witness: { ...record.witness } } })

  async function heal(planned: PlannedFault) {
    const index = active.findIndex((one) => one.planned === planned)
    if (index === -1) return
    const [{ fault, record }] = active.splice(index, 1) as [(typeof active)[number]]
    record.healRequestedMs = clock.monotonicMs()
    await fault.heal()
    const { seen, why } = await fault.witnessOff()
    if (seen) record.witnessedOffMs = clock.monotonicMs()
    record.witness.off = why
    note(record)
  }

  return {
    /** Returns false for a fault that no simulation knows. */
    async inject(planned: PlannedFault): Promise<boolean> {
      const { kind, target, options } = planned
      const fault = faults[kind]?.(cluster, target, options)
      if (!fault) return false
      lastId += 1
      const record: FaultRecord = {
        id: lastId,
        kind,
        target,
        parts: partsOf(target),
        options,
        requestedMs: clock.monotonicMs(),
        witnessedOnMs: null,
        healRequestedMs: null,
        witnessedOffMs: null,
        witness: { on: 'not looked for yet', off: 'not healed yet' },
      }
      active.push({ planned, fault, record })
      note(record)
      await fault.inject()
      const { seen, why } = await fault.witnessOn()
      if (seen) record.witnessedOnMs = clock.monotonicMs()
      record.witness.on = why
      note(record)
      return true
    },
    heal,
    /** In the reverse order of injection. */
    async healEverything() {
      for (const { planned } of [...active].reverse()) await heal(planned)
    },
  }
}
