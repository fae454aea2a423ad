import type { LoadResult } from '../../clients/request-load.ts'
import type { WorkshopPanel } from './control.ts'

export type Endpoint = 'serial' | 'async' | 'genstage'

export const pathOf: Readonly<Record<Endpoint, string>> = {
  serial: '/part1/serial',
  async: '/part1/async',
  genstage: '/part2/genstage',
}

/** Requests to one endpoint, and what the node said right after them. */
export interface Burst {
  endpoint: Endpoint
  count: number
  concurrency: number
  /** From the first request to the last answer. */
  tookMs: number
  ok: number
  refused: number
  /** Anything but 200 and 500, no answer included. */
  others: number
  useMs: number
  limit: number
  /** The most that were inside MockResource, as the node counted. */
  insideMax: number
}

export function burstOf(
  load: { endpoint: Endpoint; count: number; concurrency: number },
  { requests, tookMs }: LoadResult,
  { settings: { useMs, limit }, insideMax }: WorkshopPanel,
): Burst {
  const having = (status: number) => requests.filter((one) => one.status === status).length
  const [ok, refused] = [having(200), having(500)]
  return { ...load, tookMs, ok, refused, others: requests.length - ok - refused, useMs, limit, insideMax }
}

/** The most uses that a limit allows in a time: each that is let in stays for the time of one use (MR-13). */
export const usesMax = ({ limit, useMs, tookMs }: Pick<Burst, 'limit' | 'useMs' | 'tookMs'>): number =>
  limit * (1 + Math.floor(tookMs / Math.max(1, useMs - timerSlackMs)))

/** How long before its time a timer may end. */
const timerSlackMs = 1
