import { longestStallMs } from '../../../checkers/core/manners/reasons.ts'
import { type Checker, count, passed, unknown, violated } from '../../../verdict/checker.ts'
import { findingOf, type StakeRecord } from '../stakes/record.ts'

/** How many of the drawn operations must have been hit at their point, in percent. */
const reachedLeastPercent = 50

/** So long it is looked for what must be seen in the end; a machine that stood still for so long at once may be why it is not. */
const lookedForMs = 10_000
const stalledMs = 2_000
/** No machine is so slow that something happens twice, is lost, or is confirmed and refused. */
const isProof = (finding: string) => /^(twice|lost|contradicted):/.test(finding)

/** Operations that a fault hits at a point: retried elsewhere, each happened at most once, and everybody sees it in the end (NF-3, NF-11, CT-57). */
export const stakesKept: Checker = {
  name: 'stakes-kept',
  invariant:
    'an operation that a fault hits at any of its points happens at most once, also when it is tried again on another node, and in the end everybody sees it',
  check(history) {
    const looks = history.of('read', 'stake').map(({ value, tMs }) => ({ record: value as StakeRecord, tMs }))
    const records = looks.map(({ record }) => record)
    if (records.length === 0) return unknown('no operation was drawn')
    for (const { record, tMs } of looks) {
      const finding = findingOf(record)
      if (!finding) continue
      const stallMs = isProof(finding) ? 0 : longestStallMs(history, tMs - lookedForMs, tMs)
      if (stallMs < stalledMs) return violated(`${finding} (${record.cell})`, { record })
      return unknown(`${finding} (${record.cell}), but the machine stood still for ${stallMs} ms`, { record })
    }
    const hit = records.filter(({ missed }) => missed === undefined)
    const evidence = { reached: hit.map(({ cell }) => cell), missed: records.filter(({ missed }) => missed) }
    if (hit.length * 100 < records.length * reachedLeastPercent)
      return unknown(`only ${hit.length} of ${records.length} operations were hit at their point`, evidence)
    return passed(
      `${count(hit.length, 'operation was', 'operations were')} hit at their point, of ${records.length}`,
      evidence,
    )
  },
}
