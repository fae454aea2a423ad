import type { Random } from '../platform/random.ts'

/** One point inside one operation, where a fault can hit. */
export interface Stake {
  operation: string
  point: string
}

/** A fault that hits an operation at one of its points. */
export interface Cell extends Stake {
  fault: string
}

/** A point that an operation has, and what the rest of the operation still needs; or why the operation has no such point. */
export type PointOf<Part> = Stake & ({ needs: readonly Part[] } | { why: string })

export interface FaultOf<Part> {
  fault: string
  hits: Part
}

export interface CellTable {
  possible: readonly Cell[]
  /** Each with the reason in one sentence. */
  impossible: readonly (Cell & { why: string })[]
}

/** Every operation x point x fault: possible where the fault hits what the operation still needs at that point. Pure. */
export function tableOf<Part extends string>(
  points: readonly PointOf<Part>[],
  faults: readonly FaultOf<Part>[],
  describePart: Readonly<Record<Part, string>>,
): CellTable {
  const possible: Cell[] = []
  const impossible: (Cell & { why: string })[] = []
  for (const one of points)
    for (const { fault, hits } of faults) {
      const cell = { operation: one.operation, point: one.point, fault }
      const why = 'why' in one ? one.why : reasonFor(one.needs, hits, describePart)
      if (why === undefined) possible.push(cell)
      else impossible.push({ ...cell, why })
    }
  return { possible, impossible }
}

const reasonFor = <Part extends string>(
  needs: readonly Part[],
  hits: Part,
  describePart: Readonly<Record<Part, string>>,
) => (needs.includes(hits) ? undefined : `from there on it needs nothing of ${describePart[hits]}`)

/** One fault, and the operations that it hits at once, in the order in which they are begun. */
export interface Round {
  fault: string
  stakes: readonly Stake[]
}

interface DrawOptions {
  /** The first round, which is filled up. Default: the first is drawn as well. */
  first?: Round
  rounds: number
  /** The most operations that one fault hits. */
  perRound: number
  /** Whether another operation can be at its point while these are at theirs, after all that was drawn for the rounds before. */
  fits(stake: Stake, together: readonly Stake[], before: readonly Stake[]): boolean
}

/** Names of the pairs of a cell: two of its three parts at a time. */
export const pairsOf = ({ operation, point, fault }: Cell): string[] => [
  `${operation} at ${point}`,
  `${operation} under ${fault}`,
  `${point} under ${fault}`,
]

/**
 * Draws rounds, each with another fault by chance, and for each the operations that bring the most pairs which no round before has; among
 * equals chance decides. Pure, apart from `random`.
 */
export function drawRounds(random: Random, cells: readonly Cell[], options: DrawOptions): Round[] {
  const covered = new Set<string>()
  const drawn: Round[] = []
  const { first } = options
  const drawnFaults = shuffled([...new Set(cells.map(({ fault }) => fault))], random)
  const faults = first ? [first.fault, ...drawnFaults.filter((fault) => fault !== first.fault)] : drawnFaults
  for (const fault of faults.slice(0, options.rounds)) {
    const before = drawn.flatMap(({ stakes }) => stakes)
    const own = shuffled(
      cells.filter((cell) => cell.fault === fault),
      random,
    )
    drawn.push({ fault, stakes: drawStakes(own, covered, before, options) })
  }
  return drawn
}

/** Adds the pairs of what it draws to `covered`. */
function drawStakes(
  cells: readonly Cell[],
  covered: Set<string>,
  before: readonly Stake[],
  { first, perRound, fits }: DrawOptions,
): Stake[] {
  const [fault] = cells.map((cell) => cell.fault)
  const given = first && first.fault === fault ? first.stakes : []
  const chosen = given.map((stake): Cell => ({ ...stake, fault: first!.fault }))
  for (const pair of chosen.flatMap(pairsOf)) covered.add(pair)
  const newOf = (cell: Cell) => pairsOf(cell).filter((pair) => !covered.has(pair)).length
  while (chosen.length < perRound) {
    const open = cells.filter((cell) => !chosen.some((one) => isSame(one, cell)) && fits(cell, chosen, before))
    const next = open.reduce<Cell | undefined>((a, b) => (a && newOf(a) >= newOf(b) ? a : b), undefined)
    if (!next) break
    for (const pair of pairsOf(next)) covered.add(pair)
    chosen.push(next)
  }
  return chosen.map(({ operation, point }) => ({ operation, point }))
}

const isSame = (one: Stake, other: Stake) => one.operation === other.operation && one.point === other.point

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const left = [...list]
  return list.map(() => left.splice(random.integer(0, left.length - 1), 1)[0]!)
}
