import type { FaultRecord, HistoryEvent, LedgerEntry } from '../history/operation.ts'
import { describeValue } from '../platform/plain-text.ts'

/** Returns what happened in an event, without who and when: `receives stock_change on product:1`. Pure. */
export function describeEvent({ type, operation = '', topic, event, value, error }: HistoryEvent): string {
  const on = topic === undefined ? '' : ` on ${topic}`
  if (type === 'invoke') return `asks for ${operation}`
  if (type === 'ok') return `${operation} is done`
  if (type === 'failed' || type === 'unsure') return `${operation} ${type}${error === undefined ? '' : `: ${error}`}`
  if (type === 'publish') return `publishes ${describeMessage(value)}${on}`
  if (type === 'receive') return `receives ${event === 'ledger' ? describeMessage(value) : event}${on}`
  if (type === 'join' || type === 'leave') return `${type}s ${topic}`
  if (type === 'connect' || type === 'disconnect') return `${type}s`
  if (type === 'step') return `step ${String(value)}: ${operation}`
  if (type === 'expectation') return describeExpectation(value, error)
  if (type === 'fault') return describeFault(value as FaultRecord)
  if (type === 'final') return `in the end: ${operation}`
  return operation === '' ? type : `${type} ${operation}`
}

/** Of a message of the ledger. */
export function describeMessage(value: unknown): string {
  const { publisher, seq } = value as LedgerEntry
  return `message ${seq} of ${publisher}`
}

function describeExpectation(value: unknown, error: string | undefined): string {
  const { after, text, met } = value as { after: number; text: string; met: boolean }
  return `after step ${after}, ${text}: ${met ? 'seen' : (error ?? 'not seen')}`
}

function describeFault({ kind, target, witnessedOnMs, healRequestedMs, witnessedOffMs }: FaultRecord): string {
  const state =
    witnessedOffMs !== null
      ? 'witnessed off'
      : healRequestedMs !== null
        ? 'to be healed'
        : witnessedOnMs !== null
          ? 'witnessed on'
          : 'asked for'
  return `${kind} ${target}: ${state}`
}

const longestDetails = 160
const withoutDetails: ReadonlySet<HistoryEvent['type']> = new Set(['step', 'expectation', 'fault', 'publish'])

/** Returns what else an event holds, in words and cut where it is long. Pure. */
export function detailsOf({ type, value, event }: HistoryEvent): string {
  if (withoutDetails.has(type) || event === 'ledger' || value === undefined) return ''
  // Tokens and the like: their beginning is enough to tell two of them apart.
  const words = describeValue(value).replace(/\S{40,}/g, (word) => `${word.slice(0, 12)}…`)
  return words.length > longestDetails ? `${words.slice(0, longestDetails)}…` : words
}
