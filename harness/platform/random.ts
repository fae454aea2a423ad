import { UsageError } from './errors.ts'

export interface Random {
  /** In [0, 1). */
  next(): number
  /** Whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number
  pick<T>(list: readonly T[]): T
}

/** xorshift32 on a hashed seed: the seed decides everything that chance decides in a run. */
export function seededRandom(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  return {
    next,
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (list) => list[Math.floor(next() * list.length)]!,
  }
}

/** Another seed for each purpose, so that two parts of one run do not draw the same numbers. */
export const seedOf = (seed: number, purpose: string): number =>
  seed ^ [...purpose].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7)

/** Seeds have 32 bits. */
export const seedMost = 0xffff_ffff

/** A seed for a run that was given none; printed with the run, so that it can be repeated. */
export const freshSeed = (): number => Math.floor(Math.random() * 0x1_0000_0000)

/** A seed as it is printed: `0x5eed`. */
export const hex = (seed: number) => `0x${(seed >>> 0).toString(16)}`

/** `0x5eed` or `24301`: 32 bits. */
export function parseSeed(text: string): number {
  const seed = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN
  if (Number.isInteger(seed) && seed <= seedMost) return seed
  throw new UsageError(`--seed takes a number below 2^32, such as 0x5eed; got "${text}"`)
}
