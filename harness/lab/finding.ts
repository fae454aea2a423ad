import type { Finding } from './lab.ts'

/** Of what must be so on any machine, however slow. */
export const exactly = (holds: boolean, saw: string): Finding => ({ outcome: holds ? 'held' : 'contradicted', saw })

/**
 * Of what depends on time: where the generator or the machine was the limit itself, nothing is known. `limits` says why, and is empty
 * where neither was.
 */
export function inTime(limits: readonly string[], holds: boolean, saw: string): Finding {
  return limits.length > 0 ? { outcome: 'unknown', saw, why: limits.join('; ') } : exactly(holds, saw)
}

/** How many rounds may disagree with the others. */
const strayRounds = 1

/**
 * Of what depends on time, and was measured in several rounds in which the sides took turns: what all rounds but one say. A neighbour on
 * the machine disturbs a round or two, and then they disagree, so that nothing is known.
 */
export function inMostRounds(rounds: readonly boolean[], saw: string): Finding {
  const heldCount = rounds.filter(Boolean).length
  const isClear = rounds.length > 2 * strayRounds + 1
  if (isClear && heldCount >= rounds.length - strayRounds) return { outcome: 'held', saw }
  if (isClear && heldCount <= strayRounds) return { outcome: 'contradicted', saw }
  return {
    outcome: 'unknown',
    saw,
    why: `it held in ${heldCount} of ${rounds.length} rounds, so the machine was too busy`,
  }
}

export const isBetween = (value: number, least: number, most: number): boolean => value >= least && value <= most
