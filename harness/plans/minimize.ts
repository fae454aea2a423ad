import type { Plan } from './plan.ts'

/** Returns the index of the first candidate that still fails, or -1 when none does or the search was stopped. */
type Trial<T> = (candidates: readonly T[]) => Promise<number>

/** Returns a minimal failing subset by delta debugging, which tries halves first and single items last. */
export async function minimized<T>(items: readonly T[], firstThatFails: Trial<readonly T[]>): Promise<readonly T[]> {
  if (items.length === 0 || (await firstThatFails([[]])) === 0) return []
  let left = items
  for (let parts = 2; left.length > 1; ) {
    const chunks = split(left, parts)
    const rests = parts > 2 ? chunks.map((chunk) => left.filter((item) => !chunk.includes(item))) : []
    const candidates = [...chunks, ...rests]
    const hit = await firstThatFails(candidates)
    if (hit < 0 && parts >= left.length) return left
    const halved = hit >= 0 && hit < chunks.length
    if (hit >= 0) left = candidates[hit]!
    parts = Math.min(left.length, halved ? 2 : hit >= 0 ? Math.max(2, parts - 1) : parts * 2)
  }
  return left
}

function split<T>(items: readonly T[], parts: number): T[][] {
  const ends = Array.from({ length: parts + 1 }, (_, part) => Math.round((part * items.length) / parts))
  return ends.slice(1).map((end, part) => items.slice(ends[part], end))
}

/** Shrinks a failing plan: first fewer faults, then fewer rounds, then fewer actions, then less time (FI-18). */
export async function smallest(plan: Plan, firstThatFails: Trial<Plan>): Promise<Plan> {
  const shrunkBy = <T>(items: readonly T[], planWith: (some: readonly T[]) => Plan) =>
    minimized(items, (candidates) => firstThatFails(candidates.map(planWith))).then(planWith)
  const fewerFaults = await shrunkBy(plan.faults, (faults) => ({ ...plan, faults: [...faults] }))
  const busyRounds = fewerFaults.rounds.flatMap((actions, round) => (actions.length > 0 ? [round] : []))
  const fewerRounds = await shrunkBy(busyRounds, (kept) => ({
    ...fewerFaults,
    rounds: fewerFaults.rounds.map((actions, round) => (kept.includes(round) ? actions : [])),
  }))
  const fewerActions = await shrunkBy(fewerRounds.rounds.flat(), (kept) => ({
    ...fewerRounds,
    rounds: fewerRounds.rounds.map((actions) => actions.filter((one) => kept.includes(one))),
  }))
  return shortest(fewerActions, firstThatFails)
}

async function shortest(plan: Plan, firstThatFails: Trial<Plan>): Promise<Plan> {
  for (let least = plan; ; ) {
    const candidates = shorter(least)
    const hit = candidates.length > 0 ? await firstThatFails(candidates) : -1
    if (hit < 0) return least
    least = candidates[hit]!
  }
}

/** Returns plans that take less time: without a round in which no action or fault starts, or with a fault that ends in its first round. */
export function shorter(plan: Plan): Plan[] {
  const empty = plan.rounds.flatMap((actions, round) =>
    actions.length === 0 && plan.rounds.length > 1 && plan.faults.every(({ fromRound }) => fromRound !== round)
      ? [withoutRound(plan, round)]
      : [],
  )
  const brief = plan.faults.flatMap((fault, index) =>
    fault.toRound > fault.fromRound
      ? [{ ...plan, faults: plan.faults.with(index, { ...fault, toRound: fault.fromRound }) }]
      : [],
  )
  return [...empty, ...brief]
}

const withoutRound = (plan: Plan, gone: number): Plan => ({
  ...plan,
  rounds: plan.rounds.filter((_, round) => round !== gone),
  faults: plan.faults.map((fault) => ({
    ...fault,
    fromRound: fault.fromRound > gone ? fault.fromRound - 1 : fault.fromRound,
    toRound: fault.toRound >= gone ? fault.toRound - 1 : fault.toRound,
  })),
})
