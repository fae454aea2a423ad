import type { HistoryEvent, LedgerEntry } from '../history/operation.ts'
import { type ScenarioResult, scenarioCompleted } from '../verdict/result.ts'
import type { Finding } from './format.ts'

/** When it was seen that something is wrong, and the event that showed it, where one did. */
export interface Moment {
  tMs: number
  index?: number
}

/** Returns the moment of a finding: of the event that its evidence names, else of the final look, else the end of the steps. Pure. */
export function momentOf(finding: Finding, scenario: ScenarioResult, events: readonly HistoryEvent[]): Moment {
  const event = eventOf(finding, events)
  if (event) return { tMs: event.tMs, index: event.index }
  const step = finding.from === 'check' ? undefined : scenario.steps.find(({ n }) => n === finding.step)
  if (step) return { tMs: step.endMs }
  const failed =
    finding.name === scenarioCompleted ? scenario.steps.find(({ error }) => error !== undefined) : undefined
  if (failed) return { tMs: failed.endMs }
  const finals = scenario.phases.find(({ name }) => name === 'final-reads')
  return { tMs: finals?.endMs ?? events.at(-1)?.tMs ?? scenario.durationMs }
}

function eventOf({ from, name, step, evidence }: Finding, events: readonly HistoryEvent[]): HistoryEvent | undefined {
  if (from === 'expectation') return events.find((event) => isFailed(event, step, name))
  if (from === 'step') return undefined
  return named(evidence, events) ?? delivered(evidence.first, events) ?? looked(evidence, events)
}

function isFailed({ type, value }: HistoryEvent, step: number | undefined, name: string): boolean {
  if (type !== 'expectation') return false
  const { after, text, met } = value as { after: number; text: string; met: boolean }
  return !met && after === step && name === `after step ${after}, ${text}`
}

/** An event that a checker quotes, or gives the index of. */
function named(evidence: Record<string, unknown>, events: readonly HistoryEvent[]): HistoryEvent | undefined {
  for (const value of [evidence, ...Object.values(evidence)]) {
    const { index } = (value ?? {}) as { index?: unknown }
    if (typeof index === 'number') return events.find((event) => event.index === index)
  }
  return undefined
}

/** Of a message of the ledger: the last time it arrived at the subscriber, or when it was sent. */
function delivered(line: unknown, events: readonly HistoryEvent[]): HistoryEvent | undefined {
  const { publisher, seq, subscriber } = (line ?? {}) as Partial<LedgerEntry & { subscriber: string }>
  if (publisher === undefined || seq === undefined) return undefined
  const isIt = ({ value }: HistoryEvent) => {
    const entry = (value ?? {}) as Partial<LedgerEntry>
    return entry.publisher === publisher && entry.seq === seq
  }
  const received = events.findLast((one) => one.type === 'receive' && one.who === subscriber && isIt(one))
  return received ?? events.find((one) => one.type === 'publish' && isIt(one))
}

/** The final look at whom the evidence names. */
function looked({ who, node }: Record<string, unknown>, events: readonly HistoryEvent[]): HistoryEvent | undefined {
  return events.findLast(
    (event) =>
      event.type === 'final' && (who === undefined ? node !== undefined && event.node === node : event.who === who),
  )
}

const beside = 10

/** Returns the twenty events around a moment, without metrics, and without clients of the background unless one of them is concerned. Pure. */
export function eventsAround(
  { tMs, index }: Moment,
  { sentence }: Finding,
  events: readonly HistoryEvent[],
): HistoryEvent[] {
  const isMeant = sentence.includes('background')
    ? () => true
    : ({ who }: HistoryEvent) => !who.startsWith('background')
  // What the harness keeps for its checkers says nothing to people.
  const isTold = ({ type }: HistoryEvent) => type !== 'metric' && type !== 'read' && type !== 'final'
  const shown = events.filter((event) => event.index === index || (isTold(event) && isMeant(event)))
  const isAt = (event: HistoryEvent) => (index === undefined ? event.tMs >= tMs : event.index >= index)
  const at = shown.findIndex(isAt)
  const middle = at === -1 ? shown.length : at
  const from = Math.max(0, Math.min(middle - beside, shown.length - 2 * beside))
  return shown.slice(from, from + 2 * beside)
}
