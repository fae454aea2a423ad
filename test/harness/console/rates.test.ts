import { expect, it } from 'vitest'
import { linksIn } from '../../../harness/console/link-traffic.ts'
import { ratesOf } from '../../../harness/console/rates.ts'
import type { HistoryEvent } from '../../../harness/history/operation.ts'

const at = (tMs: number, event: Partial<HistoryEvent>): HistoryEvent => ({
  index: 0,
  tMs,
  who: 'one',
  type: 'receive',
  ...event,
})
const push = (op: number, tMs: number) => at(tMs, { type: 'invoke', operation: 'push', op })
const answer = (op: number, tMs: number) => at(tMs, { type: 'ok', operation: 'push', op })

it('counts messages and answers of the window, and nothing older', () => {
  const events = [
    push(1, 100),
    at(900, {}),
    ...[1_100, 1_500, 1_900].map((tMs) => at(tMs, {})),
    at(1_950, { type: 'publish' }),
    push(2, 2_000),
    push(3, 2_000),
    answer(2, 2_010),
    answer(3, 2_100),
    answer(1, 2_200),
    push(4, 2_300),
  ]
  expect(ratesOf(events, 3_000, 2_000)).toEqual({
    receivedPerSecond: 2,
    publishedPerSecond: 1,
    p50Ms: 10,
    p99Ms: 100,
    unanswered: 1,
  })
})

it('says nothing of latency while nothing is answered', () => {
  expect(ratesOf([push(1, 2_900)], 3_000, 1_000)).toEqual({
    receivedPerSecond: 0,
    publishedPerSecond: 0,
    unanswered: 1,
  })
})

const proxies = JSON.stringify({
  'n2->db': { name: 'n2->db', toxics: [] },
  'n1->n2': { name: 'n1->n2', toxics: [{ name: 'late', type: 'latency', stream: 'downstream' }] },
  'n1->db': { name: 'n1->db', toxics: [] },
})
const metrics = (bytes: number) =>
  ['upstream', 'downstream']
    .map(
      (way) =>
        `toxiproxy_proxy_received_bytes_total{direction="${way}",listener="l",proxy="n2->db",upstream="u"} ${bytes}`,
    )
    .concat('toxiproxy_proxy_sent_bytes_total{direction="upstream",listener="l",proxy="n2->db",upstream="u"} 7')
    .join('\n')

it('shows links that carry something or have a toxic, with bytes per second of both directions', () => {
  const before = linksIn({ proxies, metrics: metrics(100), before: [], atMs: 0 })
  expect(linksIn({ proxies, metrics: metrics(600), before, atMs: 500 })).toEqual([
    { name: 'n1->n2', bytes: 0, bytesPerSecond: 0, toxics: ['late: latency downstream'], atMs: 500 },
    { name: 'n2->db', bytes: 1_200, bytesPerSecond: 2_000, toxics: [], atMs: 500 },
  ])
})
