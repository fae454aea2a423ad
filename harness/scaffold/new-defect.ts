import { UsageError } from '../platform/errors.ts'
import type { Creation } from './creation.ts'
import { asWords } from './lists.ts'

interface Change {
  /** What git says of the changes of `system/`. */
  diff: string
  /** The ids of all defects that there are. */
  ids: readonly string[]
}

/** A defect from a change that somebody has made to the system. Throws UsageError for a name that is none, or when nothing was changed. */
export function newDefect(name: string, { diff, ids }: Change): Creation {
  if (!/^[a-z0-9]+(-[a-z0-9]+)+$/.test(name))
    throw new UsageError(
      `"${name}" is no name of a defect; expected two to five words with dashes, such as dashboard-never-lowers-count`,
    )
  if (diff.trim() === '')
    throw new UsageError(
      'a defect is a change of the system, and system/ is as it was committed; make the mistake there first, then run this again',
    )
  const id = `DF-${Math.max(0, ...ids.map((one) => Number(/\d+/.exec(one)?.[0] ?? 0))) + 1}`
  return {
    files: [{ path: `harness/selftest/defects/${id}-${name}.diff`, text: `${headerOf(id, name)}\n${diff}` }],
    next: [
      'git checkout -- system  (the mistake is in the diff now)',
      `fill in the header: what a user would see, which scenario must notice it, by which checker (docs/adding-a-defect.md)`,
      `./squall selftest --defect ${id}`,
    ],
  }
}

/** Valid as it is: the scenario and the checker that notice most. */
const headerOf = (id: string, name: string) => `id: ${id}
title: ${asWords(name)}
effect: ${asWords(name)}
scenario: store/one-listing-at-a-time
checker: expectations
finding: .
explore: no, nobody has tried it yet
`
