import { type Checker, count, passed, unknown, violated } from '../../verdict/checker.ts'

/** One row of an access matrix, and what came of it. */
export interface AccessTried {
  /** Who tries, with what: `a visitor with the token of the admin page`. */
  visitor: string
  /** What is tried: `join user:2`. */
  action: string
  node: string
  /** `allowed` or `refused`, with whatever else is stated: `allowed as 1`, `refused with 403`. */
  expected: string
  /** The same; undefined when there was no answer in time, or none that can be understood. */
  seen?: string
  /** Why there was none. */
  why?: string
  /** The entries of the catalogue that state it. */
  ids: readonly string[]
}

/** Every door lets in whom it should and nobody else, whoever tries and with whatever (CH-30..CH-35, CH-82..CH-92, FI-16). */
export const accessAsStated: Checker = {
  name: 'access-as-stated',
  invariant: 'whoever tries a door with whatever credential is let in or refused as the catalogue states it',
  judgesOpen: true,
  check(history) {
    const rows = history.of('read', 'access').map(({ value }) => value as AccessTried)
    if (rows.length === 0) return unknown('nobody tried any door')
    const wrong = rows.filter(({ seen, expected }) => seen !== undefined && seen !== expected)
    if (wrong[0]) return violated(`${sentenceOf(wrong[0])}${andMore(wrong.length - 1)}`, { wrong })
    const silent = rows.filter(({ seen }) => seen === undefined)
    if (silent[0]) {
      const { visitor, action, node, why } = silent[0]
      return unknown(`${visitor} tried to ${action} on ${node}, without an answer: ${why}${andMore(silent.length - 1)}`)
    }
    const refusedCount = rows.filter(({ expected }) => isRefused(expected)).length
    return passed(`${count(rows.length, 'attempt')}, ${refusedCount} of them refused, each as stated`)
  },
}

const isRefused = (outcome: string) => outcome.startsWith('refused')

function sentenceOf({ visitor, action, node, expected, seen = '', ids }: AccessTried): string {
  const stated = `(expected: ${expected}, ${ids.join(', ')})`
  if (isRefused(expected) && !isRefused(seen))
    return `let in: ${visitor} could ${action} on ${node}${detail(seen)} ${stated}`
  if (!isRefused(expected) && isRefused(seen))
    return `kept out: ${visitor} could not ${action} on ${node}${detail(seen)} ${stated}`
  return `mistaken: ${visitor} tried to ${action} on ${node} and was ${seen} ${stated}`
}

const detail = (seen: string) => (seen.includes(' ') || seen.includes(':') ? `: ${seen}` : '')

const andMore = (more: number) => (more > 0 ? `; and ${count(more, 'other attempt')}` : '')
