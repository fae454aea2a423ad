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

export const isBetween = (value: number, least: number, most: number): boolean => value >= least && value <= most
