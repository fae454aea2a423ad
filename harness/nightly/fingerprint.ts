import type { ScenarioResult } from '../verdict/result.ts'

/** What changes from run to run, and what stands for it. The order matters: a time holds numbers, and an id holds digits. */
const changing: readonly [pattern: RegExp, instead: string][] = [
  [/"[^"]*"|'[^']*'|`[^`]*`/g, '…'],
  [/\b\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, 'TIME'],
  [/\b0x[0-9a-f]+\b|\b[0-9a-f]{8,}(-[0-9a-f]{4,})*\b/gi, 'ID'],
  [/\b(alice|bob|carol|dave|erin|frank|grace|heidi|mallory)\b/gi, 'NAME'],
  [/\b[a-z]+[-_]?\d+\b/gi, 'NAME'],
  [/-?\d+([.,:]\d+)*( ?(ms|s|min|h|%|kB|MB|bytes))?/g, 'N'],
  [/(\bNAME|\bN|…)((, | and )(NAME|N|…))+/g, '$1'],
  [/\s+/g, ' '],
]

/** Returns a sentence without numbers, names and times, so that the same failure reads the same every night. Pure. */
export const normalised = (sentence: string): string =>
  changing.reduce((text, [pattern, instead]) => text.replace(pattern, instead), sentence).trim()

/** Returns what identifies a failure: the first checker that says why, and its normalised sentence. Undefined for a scenario that passed. Pure. */
export function fingerprintOf({ outcome, checks }: Pick<ScenarioResult, 'outcome' | 'checks'>): string | undefined {
  if (outcome === 'passed') return undefined
  const wanted = checks.some((one) => one.outcome === 'violated') ? 'violated' : 'unknown'
  const check = checks.find((one) => one.outcome === wanted)
  return check ? `${check.name}: ${normalised(check.why)}` : `${outcome}: no checker said why`
}
