import { z } from 'zod'
import type { Targets } from '../faults/draws.ts'
import { type FaultName, faults, isFaultName } from '../faults/index.ts'
import type { Random } from '../platform/random.ts'
import { describeTrigger, type Trigger, triggerShape } from './trigger.ts'

/** One thing that is done; what became of it stands in the history. Each application has actions of its own. */
const action = z.looseObject({ do: z.string() })
export type Action = { do: string; [field: string]: unknown }

const plannedFault = z
  .object({
    kind: z.string().refine(isFaultName, 'is no fault') as unknown as z.ZodType<FaultName>,
    target: z.string(),
    options: z.record(z.string(), z.unknown()),
    /** Holds from the beginning of one round to the end of another. */
    fromRound: z.number().int().min(0),
    toRound: z.number().int().min(0),
    /** Begins only when the scenario passes this point, counted from the beginning of its first round. */
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

/** A scenario as data: what is done, round by round, and what is broken meanwhile. The same value is the same scenario. */
export const planShape = z
  .object({
    schemaVersion: z.literal(1),
    /** Whose actions they are. */
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

/** The actions of an application, and how they are drawn. */
export interface ActionSource<A extends Action = Action> {
  /** The name of the application. */
  readonly app: string
  readonly actions: z.ZodType<A>
  /** Actions for each of so many rounds. */
  drawRounds(random: Random, roundCount: number): A[][]
  /** Come first in every plan: without them some checkers would have nothing to judge. */
  drawAlways(random: Random): A[]
  /** Different actions, at most so many, that fit into any plan. */
  drawMore(random: Random, most: number): A[]
  describe(action: A): string
  /** What its scenarios have that a fault can be aimed at. */
  readonly targets: Targets
  /** Points at which this fault can begin, because a round of these actions is sure to pass them. */
  pointsOf(fault: Pick<PlannedFault, 'target' | 'fromRound'>, actions: readonly A[]): Trigger[]
}

/** Throws a sentence when the plan has actions that its application does not know, or nobody knows the application. */
export function requireKnownActions({ app, rounds }: Plan, sources: readonly ActionSource[]) {
  const source = sources.find((one) => one.app === app)
  if (!source) throw new Error(`app: no random scenarios are known of an application ${app}`)
  z.object({ rounds: z.array(z.array(source.actions)) }).parse({ rounds })
}

/** The same for plans of the same scenario, whatever seed they came from. */
export const shapeOf = ({ rounds, faults: planned }: Plan) => JSON.stringify([rounds, planned])

export const nodes = ['n1', 'n2', 'n3'] as const
export const roundCount = 3

const drawn = Object.entries(faults).map(([kind, { drawn }]) => ({ kind: kind as FaultName, drawn }))

/** Every fault that can be drawn, once for each way of drawing it. */
export const kinds = drawn.flatMap(({ kind, drawn: how }) =>
  'never' in how ? [] : how.ways.map((draw) => ({ kind, draw })),
)

const alsoNeeds = (kind: FaultName) => {
  const { drawn: how } = faults[kind]
  return 'never' in how ? undefined : how.alsoNeeds
}

/** What the seed makes of it; kinds that are wanted come first, so that a search sees every one. Pure. */
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

/** Up to two that begin in this round and touch nothing that is broken then, or was a round ago: who lost a connection comes back first. */
function faultsOf({ source, round, actions, before, random, wanted }: Beginning): PlannedFault[] {
  const taken = new Set(before.filter(({ toRound }) => toRound >= round - 1).flatMap(takenBy))
  const begun: PlannedFault[] = []
  for (let left = random.integer(round === 0 ? 1 : 0, 2); left > 0; left -= 1) {
    const { kind, draw } = random.pick(oneOf(begun.length === 0 ? wanted : []))
    const { target, options = {} } = draw(random, source.targets)
    const parts = takenBy({ kind, target })
    if (parts.some((part) => taken.has(part))) continue
    const planned = { kind, target, options, fromRound: round, toRound: random.integer(round, roundCount - 1) }
    // What waits for a point of the scenario comes alone: nothing else may keep the scenario from that point.
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

/** What a fault takes: two that take the same do not come together, or neither could be witnessed. `alice->n1` takes n1, `n2/ping` takes n2. */
function takenBy({ kind, target }: Pick<PlannedFault, 'kind' | 'target'>): string[] {
  const parts = [...nodes, 'db'].filter((part) => target.includes(part))
  const needs = alsoNeeds(kind)
  return [...parts, ...(needs === 'every node' ? nodes : []), ...(needs === 'the database' ? ['db'] : [])]
}

/** One line that says what is broken when. */
export const describeFaults = ({ faults }: Plan): string =>
  faults.length === 0
    ? 'no fault'
    : faults
        .map(
          ({ kind, target, fromRound, toRound, when }) =>
            `${kind} ${target} (${when ? `${describeTrigger(when)}, ` : ''}round ${fromRound + 1} to ${toRound + 1})`,
        )
        .join(', ')
