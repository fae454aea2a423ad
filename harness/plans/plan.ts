import { z } from 'zod'
import type { Targets } from '../faults/draws.ts'
import { type FaultName, faults, isFaultName } from '../faults/index.ts'
import type { Random } from '../platform/random.ts'
import { describeTrigger, type Trigger, triggerShape } from './trigger.ts'

/** One action of a plan; the history records its outcome. Each application has its own actions. */
const action = z.looseObject({ do: z.string() })
export type Action = { do: string; [field: string]: unknown }

const plannedFault = z
  .object({
    kind: z.string().refine(isFaultName, 'is no fault') as unknown as z.ZodType<FaultName>,
    target: z.string(),
    options: z.record(z.string(), z.unknown()),
    /** The fault is active from the start of one round to the end of another. */
    fromRound: z.number().int().min(0),
    toRound: z.number().int().min(0),
    /** The fault starts only when the scenario reaches this point, counted from the start of the fault's first round. */
    when: triggerShape.optional(),
  })
  .superRefine(({ kind, options }, context) => {
    try {
      if (isFaultName(kind)) faults[kind].checkOptions(options)
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
    }
  })
export type PlannedFault = z.infer<typeof plannedFault>

/** A scenario as data: the actions of each round and the faults during them. Equal values are the same scenario. */
export const planShape = z
  .object({
    schemaVersion: z.literal(1),
    /** The application whose actions these are. */
    app: z.string(),
    seed: z.number(),
    rounds: z.array(z.array(action)).min(1),
    faults: z.array(plannedFault),
  })
  .refine(
    ({ rounds, faults: planned }) =>
      planned.every(({ fromRound, toRound }) => fromRound <= toRound && toRound < rounds.length),
    'a fault holds from a round to the same or a later one, and there are no more rounds than are planned',
  )
export type Plan = z.infer<typeof planShape>

/** The actions of an application, and how to draw them at random. */
export interface ActionSource<A extends Action = Action> {
  /** The name of the application. */
  readonly app: string
  readonly actions: z.ZodType<A>
  /** Draws actions for each of `roundCount` rounds. */
  drawRounds(random: Random, roundCount: number): A[][]
  /** Draws the first actions of every plan, without which some checkers would have nothing to check. */
  drawAlways(random: Random): A[]
  /** Draws at most `most` distinct actions that fit into any plan. */
  drawMore(random: Random, most: number): A[]
  describe(action: A): string
  /** The possible targets of faults in its scenarios. */
  readonly targets: Targets
  /** Returns points at which this fault can start, because a round of these actions always reaches them. */
  pointsOf(fault: Pick<PlannedFault, 'target' | 'fromRound'>, actions: readonly A[]): Trigger[]
}

/** Throws an error when the application is unknown or the plan has actions that the application does not know. */
export function requireKnownActions({ app, rounds }: Plan, sources: readonly ActionSource[]) {
  const source = sources.find((one) => one.app === app)
  if (!source) throw new Error(`app: no random scenarios are known of an application ${app}`)
  z.object({ rounds: z.array(z.array(source.actions)) }).parse({ rounds })
}

/** Returns the same string for plans of the same scenario, whatever seed they came from. */
export const shapeOf = ({ rounds, faults: planned }: Plan) => JSON.stringify([rounds, planned])

export const nodes = ['n1', 'n2', 'n3'] as const
export const roundCount = 3

const drawn = Object.entries(faults).map(([kind, { drawn }]) => ({ kind: kind as FaultName, drawn }))

/** Every fault that can be drawn, with one entry for each way of drawing it. */
export const kinds = drawn.flatMap(({ kind, drawn: how }) =>
  'never' in how ? [] : how.ways.map((draw) => ({ kind, draw })),
)

const alsoNeeds = (kind: FaultName) => {
  const { drawn: how } = faults[kind]
  return 'never' in how ? undefined : how.alsoNeeds
}

/** Returns the plan for a seed; `wanted` kinds come first, so that a search covers all of them. Pure. */
export function createPlan(
  source: ActionSource,
  random: Random,
  seed: number,
  wanted: readonly FaultName[] = [],
): Plan {
  const [first = [], ...rest] = source.drawRounds(random, roundCount)
  const rounds = [[...source.drawAlways(random), ...first], ...rest]
  const faults: PlannedFault[] = []
  for (const [round, actions] of rounds.entries())
    faults.push(...faultsOf({ source, round, actions, before: faults, random, wanted: round === 0 ? wanted : [] }))
  return { schemaVersion: 1, app: source.app, seed, rounds, faults }
}

interface Beginning {
  source: ActionSource
  round: number
  actions: readonly Action[]
  before: readonly PlannedFault[]
  random: Random
  wanted: readonly FaultName[]
}

/** Returns up to two faults that start in this round, on targets without a fault for a round, so that lost connections are restored. */
function faultsOf({ source, round, actions, before, random, wanted }: Beginning): PlannedFault[] {
  const taken = new Set(before.filter(({ toRound }) => toRound >= round - 1).flatMap(takenBy))
  const begun: PlannedFault[] = []
  for (let left = random.integer(round === 0 ? 1 : 0, 2); left > 0; left -= 1) {
    const { kind, draw } = random.pick(oneOf(begun.length === 0 ? wanted : []))
    const { target, options = {} } = draw(random, source.targets)
    const parts = takenBy({ kind, target })
    if (parts.some((part) => taken.has(part))) continue
    const planned = { kind, target, options, fromRound: round, toRound: random.integer(round, roundCount - 1) }
    // A fault with a trigger is the only fault, so that no other one prevents the scenario from reaching the trigger point.
    const points = taken.size === 0 && random.integer(1, 3) === 1 ? source.pointsOf(planned, actions) : []
    if (points.length > 0) return [{ ...planned, when: random.pick(points) }]
    for (const part of parts) taken.add(part)
    begun.push(planned)
  }
  return begun
}

const oneOf = (wanted: readonly FaultName[]) => {
  const first = kinds.filter(({ kind }) => wanted.includes(kind))
  return first.length > 0 ? first : kinds
}

/** Returns the parts that a fault occupies: `alice->n1` occupies n1, `n2/ping` n2. Faults that share a part never overlap, or neither could be witnessed. */
function takenBy({ kind, target }: Pick<PlannedFault, 'kind' | 'target'>): string[] {
  const parts = [...nodes, 'db'].filter((part) => target.includes(part))
  const needs = alsoNeeds(kind)
  return [...parts, ...(needs === 'every node' ? nodes : []), ...(needs === 'the database' ? ['db'] : [])]
}

/** Returns one line that lists the faults and their rounds. */
export const describeFaults = ({ faults }: Plan): string =>
  faults.length === 0
    ? 'no fault'
    : faults
        .map(
          ({ kind, target, fromRound, toRound, when }) =>
            `${kind} ${target} (${when ? `${describeTrigger(when)}, ` : ''}round ${fromRound + 1} to ${toRound + 1})`,
        )
        .join(', ')
