import { z } from 'zod'
import { pubsubNames } from '../cluster/cluster.ts'
import { driverNames } from '../cluster/drivers.ts'
import { planShape } from './plan.ts'
import { recordingShape } from './recording.ts'

/** A decision made by the random source or the scenario. The ordered entries suffice to request the same run again. */
const entry = z.object({
  kind: z.enum(['op', 'fault', 'choice']),
  name: z.string(),
  target: z.string().optional(),
  options: z.record(z.string(), z.unknown()).optional(),
  value: z.unknown().optional(),
  /** The replay omits this fault. */
  leftOut: z.literal(true).optional(),
})
export type ScheduleEntry = z.infer<typeof entry>

export const scheduleShape = z.object({
  schemaVersion: z.literal(1),
  seed: z.string(),
  driver: z.enum(driverNames),
  nodes: z.number().int().positive(),
  /** Older recordings have no `pubsub` field and used the mesh. */
  pubsub: z.enum(pubsubNames).default('mesh'),
  defects: z.array(z.string()),
  /** A scenario that comes from a plan is replayed from the plan; its entries only record the decisions. */
  scenarios: z.array(
    z.object({
      id: z.string(),
      entries: z.array(entry),
      plan: planShape.optional(),
      /** The same for a scenario that was done by hand in the console. */
      recording: recordingShape.optional(),
    }),
  ),
})
export type Schedule = z.infer<typeof scheduleShape>

export class ScheduleDiverged extends Error {
  override name = 'ScheduleDiverged'
}

export type DecisionLog = ReturnType<typeof createDecisionLog>

/** Records each decision. A replay returns the recorded decisions and throws ScheduleDiverged when the scenario requests another one. */
export function createDecisionLog(recorded?: readonly ScheduleEntry[]) {
  const entries: ScheduleEntry[] = []
  return {
    entries: entries as readonly ScheduleEntry[],
    /** Returns how many recorded decisions have not been requested. */
    remaining: () => Math.max(0, (recorded?.length ?? 0) - entries.length),
    /** Takes the requested decision and returns the one to use: the recorded decision, if there is one. */
    decide(spec: ScheduleEntry): ScheduleEntry {
      const then = recorded?.[entries.length]
      const decided = then ?? spec
      if (
        recorded &&
        (decided.kind !== spec.kind || decided.name !== spec.name || decided.target !== spec.target || !then)
      )
        throw new ScheduleDiverged(
          `schedule diverged at entry ${entries.length}: recorded ${describe(then)}, the scenario asks for ${describe(spec)}`,
        )
      entries.push(decided)
      return decided
    },
  }
}

const describe = (one: ScheduleEntry | undefined) =>
  one ? `${one.kind} ${one.name} ${one.target ?? ''}`.trim() : 'nothing more'
