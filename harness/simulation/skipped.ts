import { faults, isFaultName } from '../faults/index.ts'

const waitsForNothing = 'the simulator begins a fault that waits for a point of the scenario with its round'

/** Why the simulator skips something of a plan: a fault, an action, or the point (`when`) that a fault waits for. */
function whySkipped(what: string): string {
  if (what === 'when') return waitsForNothing
  const simulated = isFaultName(what) && faults[what].simulated
  return typeof simulated === 'string' ? simulated : 'the simulator does not know it'
}

/** One line for each reason: what is skipped for it, and how often. */
export function describeSkipped(skipped: Readonly<Record<string, number>>): string[] {
  const byReason = Map.groupBy(Object.entries(skipped), ([what]) => whySkipped(what))
  return [...byReason].map(
    ([why, entries]) => `skipped ${entries.map(([what, times]) => `${what} (${times})`).join(', ')}: ${why}`,
  )
}
