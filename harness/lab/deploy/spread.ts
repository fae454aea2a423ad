import type { Choose } from '../../cluster/balancer/policy.ts'

/** How many clients are connected to each server, in the order of the servers. */
export type Counts = Readonly<Record<string, number>>

/** One server after the other: what its clients do when it goes, and what that costs. */
export interface Deploy {
  /** After each step. */
  steps: readonly Counts[]
  /** The most that one server ever had. */
  peak: number
  /** How often a client had to connect again, all together. */
  reconnects: number
}

/** Connects clients one after the other, each where the policy says. Pure, but for the policy's own chance. */
export function connect(counts: Counts, clients: number, choose: Choose): Counts {
  const now = Object.entries(counts).map(([name, open]) => ({ name, open, taken: open }))
  for (let n = 0; n < clients; n += 1) {
    const chosen = choose(now)
    const at = now.find(({ name }) => name === chosen.name)!
    at.open += 1
    at.taken += 1
  }
  return Object.fromEntries(now.map(({ name, open }) => [name, open]))
}

/** These clients lose their connections, and each connects again, perhaps to the server that it had (DP-21). */
export function shed(counts: Counts, perServer: Counts, choose: Choose): Counts {
  const left = Object.fromEntries(Object.entries(counts).map(([name, open]) => [name, open - (perServer[name] ?? 0)]))
  return connect(left, total(perServer), choose)
}

export interface Shedding {
  rounds: readonly Counts[]
  reconnects: number
}

/** Sheds what each server has over the mean, until no two servers differ by more than `boundMax`, or `roundsMax` rounds are over. */
export function shedSurplus(counts: Counts, boundMax: number, roundsMax: number, choose: Choose): Shedding {
  const rounds: Counts[] = []
  let reconnects = 0
  let now = counts
  while (spreadOf(now) > boundMax && rounds.length < roundsMax) {
    const surplus = surplusOf(now)
    reconnects += total(surplus)
    now = shed(now, surplus, choose)
    rounds.push(now)
  }
  return { rounds, reconnects }
}

/** What each server has over the mean. */
export function surplusOf(counts: Counts): Counts {
  const mean = Math.ceil(total(counts) / Object.keys(counts).length)
  return Object.fromEntries(Object.entries(counts).map(([name, open]) => [name, Math.max(0, open - mean)]))
}

/** One server down and up after the other (DP-30..DP-32). */
export function rollingDeploy(before: Counts, choose: Choose): Deploy {
  const steps: Counts[] = []
  let now = before
  let reconnects = 0
  for (const name of Object.keys(before)) {
    const { [name]: moving = 0, ...others } = now
    reconnects += moving
    now = inOrder(before, { ...connect(others, moving, choose), [name]: 0 })
    steps.push(now)
  }
  return { steps, peak: peakOf([before, ...steps]), reconnects }
}

/** The new server is up before the old one stops, so that the clients of the old one can go to it too (DP-49). */
export function rollingWithSpare(before: Counts, choose: Choose): Deploy {
  const steps: Counts[] = []
  let now = before
  let reconnects = 0
  for (const name of Object.keys(before)) {
    const { [name]: moving = 0 } = now
    reconnects += moving
    now = connect({ ...now, [name]: 0 }, moving, choose)
    steps.push(now)
  }
  return { steps, peak: peakOf([before, ...steps]), reconnects }
}

/** A second cluster takes everybody at once (DP-33). */
export function blueGreenDeploy(before: Counts, choose: Choose): Deploy {
  const empty = Object.fromEntries(Object.keys(before).map((name) => [name, 0]))
  const after = connect(empty, total(before), choose)
  return { steps: [after], peak: peakOf([before, after]), reconnects: total(before) }
}

/** The most connections in one second when these clients are closed evenly within `overMs`, or at once for 0 (DP-34). */
export const connectsPerSecond = (clients: number, overMs: number): number =>
  Math.ceil(clients / Math.max(1, overMs / 1_000))

/**
 * A maximum age of `ageMs`, for connections whose ages are spread evenly: what each server has after each tenth of it (DP-24). After the
 * whole of it everybody has connected again once.
 */
export function ageOut(before: Counts, choose: Choose): readonly Counts[] {
  const tenths = 10
  const steps: Counts[] = []
  let now = before
  let old = before
  for (let step = 0; step < tenths; step += 1) {
    const going = Object.fromEntries(
      Object.entries(old).map(([name, left]) => [name, Math.round(left / (tenths - step))]),
    )
    now = shed(now, going, choose)
    old = Object.fromEntries(Object.entries(old).map(([name, left]) => [name, left - going[name]!]))
    steps.push(now)
  }
  return steps
}

export const total = (counts: Counts): number => Object.values(counts).reduce((sum, one) => sum + one, 0)

/** Between the server with the most and the one with the fewest. */
export const spreadOf = (counts: Counts): number =>
  Math.max(...Object.values(counts)) - Math.min(...Object.values(counts))

const peakOf = (steps: readonly Counts[]) => Math.max(...steps.flatMap((step) => Object.values(step)))

const inOrder = (like: Counts, counts: Counts): Counts =>
  Object.fromEntries(Object.keys(like).map((name) => [name, counts[name]!]))

/** `1875/1125/0` */
export const inFigures = (counts: Counts): string => Object.values(counts).join('/')

/** Four standard deviations of how many of `trials` land where one lands with this chance. */
export const samplingError = (trials: number, chance: number): number =>
  Math.ceil(4 * Math.sqrt(trials * chance * (1 - chance)))

/** Whether every server has what is expected, give or take. */
export const isNear = (counts: Counts, expected: readonly number[], tolerance: number): boolean =>
  Object.values(counts).every((count, index) => Math.abs(count - expected[index]!) <= tolerance)
