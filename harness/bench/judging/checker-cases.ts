import { faultOutlastsTimer } from '../../checkers/core/fault-outlasts-timer.ts'
import { reached } from '../../checkers/core/reached.ts'
import { checkers } from '../../checkers/index.ts'
import { type NodeHolds, nodeRemains } from '../../history/inventory.ts'
import { mannersOf } from '../../history/manners.ts'
import { inLog, markOf, secretOf } from '../../history/marks.ts'
import type { HistoryEvent } from '../../history/operation.ts'
import { requestsOf } from '../../history/requests.ts'
import type { Checker } from '../../verdict/checker.ts'
import { createGrowingHistory, type GrowingHistory } from './growing-history.ts'
import { purchasesHistory } from './purchases.ts'

/** A checker, and violation-free histories with a given number of the events that it examines. */
export interface CheckerCase {
  checker: Checker
  historyOf(events: number): HistoryEvent[]
}

type Fill = (history: GrowingHistory, events: number) => void

const itemIds = [1, 2, 3, 4, 5, 6]
const shoppers = Array.from({ length: 100 }, (_, n) => `shopper-${n}`)

function final({ record }: GrowingHistory, operation: string, value: unknown, who = 'harness', node = who) {
  record({ type: 'final', who, node, operation, value })
}

function receive({ record }: GrowingHistory, who: string, topic: string, event: string, value: unknown = {}) {
  record({ type: 'receive', who, topic, event, joinRef: null, value })
}

/** Adds sequential operations with two events each: invocation and `ok`. */
function answered(
  history: GrowingHistory,
  events: number,
  one: (n: number) => [who: string, name: string, value: object],
) {
  for (let n = 0; n < events / 2; n += 1) {
    history.at(n)
    history.begin(...one(n))('ok')
  }
}

const stockOf = (soldUnits: (itemId: number) => number, initialCount = 1_000_000) => ({
  products: [
    {
      id: 1,
      released: true,
      items: itemIds.map((id) => ({
        id,
        initialCount,
        availableCount: initialCount - soldUnits(id),
        soldUnits: soldUnits(id),
      })),
    },
  ],
})

const rendering = { products: [{ id: '1', soon: false, sizes: [{ itemId: '7', level: 'low', disabled: false }] }] }

const times = (n: number, work: (index: number) => void) => {
  for (let index = 0; index < n; index += 1) work(index)
}

const faults: Fill = ({ record, at }, events) =>
  times(events, (id) => {
    const requestedMs = id * 10_000
    at(requestedMs)
    const times = { requestedMs, witnessedOnMs: requestedMs + 10, healRequestedMs: requestedMs + 5_000 }
    const witness = { on: 'seen', off: 'seen' }
    const value = {
      id,
      kind: 'node.kill',
      target: 'n1',
      options: {},
      ...times,
      witnessedOffMs: requestedMs + 5_100,
      witness,
    }
    record({ type: 'fault', who: 'nemesis', value })
  })

/** One fault every 10 s, and a hundred lost connections during each. */
const losses: Fill = (history, events) => {
  const rounds = Math.ceil(events / (2 * shoppers.length + 1))
  for (const who of shoppers) history.record({ type: 'join', who, topic: 'ping', node: 'n1' })
  times(rounds, (round) => {
    const requestedMs = round * 10_000 + 1_000
    history.at(requestedMs + 10)
    for (const who of shoppers) history.record({ type: 'disconnect', who, node: 'n1' })
    history.at(requestedMs + 2_000)
    const seen = { requestedMs, witnessedOnMs: requestedMs + 5, healRequestedMs: requestedMs + 1_900 }
    const witness = { on: 'seen', off: 'seen' }
    const fault = {
      id: round,
      kind: 'node.kill',
      target: 'n1',
      options: {},
      ...seen,
      witnessedOffMs: requestedMs + 2_000,
      witness,
    }
    history.record({ type: 'fault', who: 'nemesis', value: fault })
    history.at(requestedMs + 3_000)
    for (const who of shoppers) history.record({ type: 'join', who, topic: 'ping', node: 'n1' })
  })
  history.at(history.nowMs() + 20_000)
  history.record({ type: 'phase', who: 'harness' })
}

const pushedItems: Fill = (history, events) => {
  const each = 10
  const state = { producer: 'memory', consumer: 'consumer_supervisor', dispatch: 'fifo', inOrder: true, demandMax: 10 }
  history.record({ type: 'join', who: 'ann', topic: 'user:1', node: 'n1' })
  times(Math.ceil(events / (each + 2)), (round) => {
    history.at(round)
    history.begin('n1', 'push items', { userId: 1, timed: true, first: 1 + round * each, count: each })('ok')
    times(each, (index) => receive(history, 'ann', 'user:1', 'push_timed', { n: 1 + round * each + index }))
  })
  const counts = { pushed: 0, handled: 0, dropped: 0, discarded: 0, lost: 0, skipped: 0, running: 0, runningMax: 1 }
  final(history, 'pipeline', { ...state, ...counts }, 'n1', 'n1')
}

const edits: Fill = (history, events) => {
  answered(history, events, (n) => {
    const itemId = itemIds[Math.floor(n / shoppers.length) % itemIds.length]!
    return [shoppers[n % shoppers.length]!, 'add_item', { shopper: shoppers[n % shoppers.length], itemId }]
  })
  const editsEach = Math.ceil(events / 2 / shoppers.length)
  const items = itemIds.slice(0, editsEach).map((id) => ({ id, outOfStock: false }))
  // When the edits end within a round, only the first shoppers have added the last item.
  for (const [n, shopper] of shoppers.entries()) {
    const own = Math.ceil((events / 2 - n) / shoppers.length)
    final(history, 'cart', { shopper, page: '/', items: items.slice(0, Math.min(own, itemIds.length)) }, shopper)
  }
}

const sales: Fill = (history, events) => {
  answered(history, events, (n) => ['buyer', 'sell', { itemId: itemIds[n % itemIds.length] }])
  const soldUnits = (id: number) => Math.ceil((events / 2 - itemIds.indexOf(id)) / itemIds.length)
  final(history, 'database', stockOf(soldUnits))
}

const releases: Fill = (history, events) => {
  answered(history, events / 2, () => ['admin', 'release', { productId: 1 }])
  times(events / 2, (n) => final(history, 'view', rendering, `page-${n}`))
}

const announcements: Fill = (history, events) => {
  answered(history, events / 2, () => ['admin', 'release', { productId: 1 }])
  times(events / 2, (n) => receive(history, `client-${n}`, 'product:1', 'released'))
}

const bursts: Fill = ({ record }, events) => {
  const use = { endpoint: 'serial', count: 600, concurrency: 50, useMs: 50, limit: 15, insideMax: 15 }
  const value = { ...use, tookMs: 500, ok: 150, refused: 450, others: 0 }
  times(events, () => record({ type: 'read', who: 'n1', node: 'n1', operation: 'workshop-burst', value }))
}

const jobs: Fill = (history, events) => {
  const ids = Array.from({ length: events }, (_, n) => `job-${n}`)
  for (const value of ids) history.record({ type: 'read', who: 'n1', node: 'n1', operation: 'job-accepted', value })
  const ran = { attempt: 1, node: 'n1', ended: true }
  final(history, 'talk-jobs', {
    jobs: ids.map((id) => ({ id, ...ran })),
    runs: ids.map((job) => ({ job, beganMs: 0, ...ran })),
  })
}

const openedLists: Fill = ({ record }, events) => {
  const value = { name: 'a list', callers: 10, refused: 0, servers: ['1'], started: 1 }
  times(events, () => record({ type: 'read', who: 'n1', node: 'n1', operation: 'todo-opened', value }))
}

const todoEntries: Fill = (history, events) => {
  const date = '2026-11-30'
  const titles = (n: number) => [`entry ${n}`]
  answered(history, events, (n) => ['n1', 'todo-add', { name: 'a list', date, titles: titles(n) }])
  const entries = Array.from({ length: Math.ceil(events / 2) }, (_, n) => ({ id: n + 1, date, title: titles(n)[0] }))
  final(history, 'todo-list', { name: 'a list', entries }, 'n1')
}

const orders: Fill = (history, events) => {
  answered(history, events, (n) => [
    'buyer',
    'purchase',
    { shopper: `shopper-${n}`, key: `key-${n}`, itemIds: [itemIds[n % itemIds.length]] },
  ])
  const order = (id: number) => {
    const ids = [itemIds[id % itemIds.length]]
    return { id, shopper: `shopper-${id}`, key: `key-${id}`, totalUsd: 10, soldUsd: 10, itemIds: ids, soldItemIds: ids }
  }
  final(
    history,
    'orders',
    Array.from({ length: Math.ceil(events / 2) }, (_, id) => order(id)),
  )
}

const changes: Fill = (history, events) =>
  times(events, (n) => {
    const level = Math.floor(n / shoppers.length) % 2 === 0 ? 'low' : 'high'
    const who = shoppers[n % shoppers.length]!
    receive(history, who, 'product:1', 'stock_change', { product_id: 1, item_id: 1, level })
  })

const arrivals: Fill = (history, events) => {
  receive(history, 'dashboard', 'admin:cart_tracker', 'presence_state', {})
  times(events - 1, (n) => {
    const joins = { [`person-${n}`]: { metas: [{ phx_ref: `ref-${n}` }] } }
    receive(history, 'dashboard', 'admin:cart_tracker', 'presence_diff', { joins, leaves: {} })
  })
}

const carts: Fill = (history, events) => {
  times(events / 2, (n) => receive(history, `shopper-${n}`, `cart:${n}`, 'cart'))
  answered(history, 2, () => ['buyer', 'add_item', { shopper: 'shopper-0', itemId: 1 }])
  final(
    history,
    'database',
    stockOf(() => 0),
  )
  const tabs = Math.ceil(events / 2)
  const items = [{ id: 1, outOfStock: false }]
  times(tabs, (n) => final(history, 'cart', { shopper: `shopper-${n}`, page: '/', items }, `shopper-${n}`))
  const sight = { shoppers: tabs, pages: { '/': tabs }, items: { 1: tabs } }
  final(history, 'dashboard', sight)
}

const nodeStates: Fill = (history, events) => {
  final(
    history,
    'database',
    stockOf(() => 0),
  )
  const [product] = stockOf(() => 0).products
  const state = { inventory: { products: [product] } }
  times(events, (n) => final(history, 'node-state', state, `n${n}`))
}

const replication: Fill = (history, events) => {
  sales(history, events)
  const sent = Math.ceil(events / 2)
  final(history, 'node-state', { counters: { replicationSent: sent, replicationHandled: 0 } }, 'n1')
  final(history, 'node-state', { counters: { replicationSent: 0, replicationHandled: sent } }, 'n2')
}

const pushes: Fill = (history, events) => {
  const channels = ['chat', 'page', 'cart'] as const
  answered(history, events, (n) => ['client', 'push', { channel: channels[n % 3] }])
  const handled = channels.map((name, n) => [name, Math.ceil((events / 2 - n) / 3)])
  final(history, 'node-state', { pushes: Object.fromEntries(handled) }, 'n1')
}

const listeners = shoppers.slice(0, 10).map((name) => `background-${name}`)

/** Ten clients, each of which receives every message. */
const background: Fill = ({ record, at }, events) => {
  const topic = 'ping:background'
  for (const who of listeners) record({ type: 'join', who, topic, node: 'n1', value: { askedMs: 0 } })
  times(Math.ceil(events / (listeners.length + 1)), (seq) => {
    at(2_000 + seq)
    const value = { publisher: 'background-n1', seq: seq + 1, origin: 'n1', digest: '2:44136fa355b3678a' }
    record({ type: 'publish', who: 'background-n1', topic, event: 'ledger', value })
    for (const who of listeners) record({ type: 'receive', who, topic, event: 'ledger', joinRef: null, value })
  })
}

const backgroundPushes: Fill = (history, events) =>
  times(events / 3, (n) => {
    const who = listeners[n % listeners.length]!
    const own = { connection: 1, ref: String(n), answer: 'ok 2:44136fa355b3678a' }
    const topic = 'ping:background'
    const push = { channel: 'PingChannel', joinRef: '1', topic, ...own }
    const end = history.begin(who, 'push', push)
    history.record({ type: 'receive', who, topic, event: 'phx_reply', joinRef: '1', value: own })
    end('ok')
  })

const holds: NodeHolds = {
  connections: 1,
  polls: 0,
  relayed: 0,
  sessions: 1,
  joined: 1,
  clientSubscriptions: 1,
  unreadBytes: 0,
  outboxesWaiting: 0,
  channels: { PingChannel: 1 },
  actors: { inventory: 1 },
  timers: 5,
  topics: 2,
  subscriptions: 2,
  tracked: 0,
  trackedOfNobody: 0,
  callsInFlight: 0,
  peerBytes: 0,
  pending: {},
}

const inventories: Fill = (history, events) => {
  const present = [{ who: 'client', connections: 1, polls: 0, channels: 1 }]
  const nodes = Array.from({ length: events / 2 }, (_, n) => `n${n}`)
  for (const node of nodes)
    history.record({ type: 'read', who: 'harness', node, operation: 'node-holds', value: holds })
  for (const node of nodes) final(history, 'node-holds', { holds, present }, node)
}

const views: Fill = (history, events) => {
  times(3, (n) => final(history, 'fresh-render', rendering, `n${n}`))
  times(events, (n) => final(history, 'view', rendering, `page-${n}`))
}

const rendered: Fill = (history, events) => {
  const stock = stockOf(() => 0)
  const sizes = itemIds.map((id) => ({ itemId: String(id), level: 'high', disabled: false }))
  final(history, 'database', stock)
  times(events, (n) => final(history, 'fresh-render', { products: [{ id: '1', soon: false, sizes }] }, `n${n}`))
}

const attempts: Fill = ({ record }, events) =>
  times(events, (n) => {
    const outcome = n % 2 === 0 ? 'allowed' : 'refused'
    const tried = { visitor: `visitor ${n}`, action: 'join ping', node: 'n1', ids: ['CH-45'] }
    record({ type: 'read', who: 'visitor', operation: 'access', value: { ...tried, expected: outcome, seen: outcome } })
  })

/** Everybody has one secret and is given it again and again, beside a few texts that are none; no log holds one. */
const secrets: Fill = ({ record }, events) => {
  record({ type: 'final', who: 'n1', node: 'n1', operation: inLog, marks: [] })
  for (const who of shoppers) record(secretOf(who, 'the cart id', `secret of ${who}`))
  times(events - shoppers.length - 1, (n) => {
    const who = shoppers[n % shoppers.length]!
    const marks = [`secret of ${who}`, `text ${n}`, `token ${n}`].map(markOf)
    record({ type: 'receive', who, topic: 'cart:[id]', event: 'cart', marks })
  })
}

const livePages: Fill = (history, events) => {
  const html = '<main class="product-list"></main>'
  final(history, 'live-render', { path: '/drops', html }, 'fresh', 'n1')
  times(events, (n) => final(history, 'live-page', { path: '/drops', html }, `page-${n}`))
}

const liveFrames: Fill = (history, events) => {
  const rendered = { 0: { k: { 0: { 0: 'low' }, kc: 1 }, s: ['<b>', '</b>'] }, s: ['<main>', '</main>'] }
  for (const who of shoppers) history.record({ type: 'join', who, topic: 'lv:page', value: rendered })
  times(events, (n) => {
    const level = Math.floor(n / shoppers.length) % 2 === 0 ? 'out' : 'low'
    receive(history, shoppers[n % shoppers.length]!, 'lv:page', 'diff', { 0: { k: { 0: { 0: level }, kc: 1 } } })
  })
}

const watched = ({ record }: GrowingHistory) =>
  record({ type: 'read', who: 'scenario', operation: mannersOf.settings, value: { idleTimeoutMs: 60_000 } })

/** Clients that lose their connection while their node is killed, and connect again after the first delay. */
const comings: Fill = (history, events) => {
  watched(history)
  faults(history, 1)
  times(events / 2, (n) => {
    history.at(n)
    const who = `client-${n % 100}`
    const of = { document: 1, path: '/socket/websocket', socket: n, link: `${who}->n1`, isOfficial: true } as const
    const note = (value: object) =>
      history.record({ type: 'read', who, node: 'n1', operation: mannersOf.socket, value: { ...of, ...value } })
    note({ kind: 'attempt', atMs: n * 10_000 })
    note({ kind: 'end', atMs: n * 10_000 + 1, code: 1006, closedBy: 'client', wasOpen: true })
  })
}

/** Operations while an actor is killed, all of which end at once. */
const interrupted: Fill = (history, events) => {
  watched(history)
  answered(history, events, (n) => [shoppers[n % 100]!, 'sell', { itemId: 1 }])
}

const stops: Fill = (history, events) => {
  watched(history)
  const end = { signal: 'SIGTERM', code: 0, tookMs: 900, hasEnded: true }
  times(events, (n) => final(history, mannersOf.ends, [end], `n${n}`))
}

const looks: Fill = (history, events) => {
  watched(history)
  times(events, (n) => {
    history.at(n * 10)
    history.record({ type: 'read', who: `n${n % 3}`, operation: mannersOf.peers, value: { n9: n % 2 === 0 } })
  })
}

const shownPages: Fill = (history, events) => {
  const [item, color] = [{ id: 7, sku: 'sku', size: '9', availableCount: 5 }, 'ember']
  const product = {
    id: 1,
    brand: 'Squall',
    name: 'Gale',
    color,
    priceUsd: 1,
    imageUrl: '#',
    released: true,
    items: [item],
  }
  final(history, 'catalogue', { products: [product] })
  const sizes = [{ itemId: '7', size: '9', level: 'low', isDisabled: false }]
  const listing = { id: '1', brand: 'Squall', name: 'Gale', color, price: '$1', picture: 'Squall Gale', sizes }
  const cart = { title: '', rows: [], warning: '', total: '', checkout: '', link: '' }
  const sight = { title: 'Sneakers23', products: [listing], cart, panels: [], connection: '' }
  times(events, (n) => final(history, 'open-page', { path: '/', sight }, `page-${n}`, 'n1'))
}

const servedPages: Fill = (history, events) =>
  times(events, (n) => {
    const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }
    const page = { path: '/admin', visitor: 'admin', status: 200, headers, setCookies: [] }
    final(history, 'served-page', page, 'visitor', `n${n}`)
  })

const hitOperations: Fill = ({ record }, events) => {
  const left = { n1: 0, n2: 0 }
  times(events, (n) => {
    const sold = { itemId: n, units: 1, orders: 1, left }
    const told = { 'ear-n1': true, 'ear-n2': true }
    const value = { cell: `buy ${n}`, answers: [['unsure', 'ok'], ['failed']], sold, told }
    record({ type: 'read', who: 'harness', operation: 'stake', value })
  })
}

const refusals: Fill = (history, events) => {
  final(history, 'catalogue', { products: [{ id: 1, items: [{ id: 1, availableCount: 0 }] }] })
  times(events / 2, (n) => {
    const who = shoppers[n % shoppers.length]!
    history.begin(who, 'add_item', { shopper: who, itemId: 1 })('failed')
  })
}

const gaugeSamples: Fill = ({ record }, events) => {
  record({ type: 'connect', who: 'background-v2', node: 'n1' })
  record({ type: 'join', who: 'background-v2', node: 'n1', topic: 'ping' })
  const value = { value: 1, kind: 'g', tags: {} }
  times(events, () => record({ type: 'metric', who: 'n1', node: 'n1', operation: 'channels_connected', value }))
}

const fills: Readonly<Record<string, Fill>> = {
  'access-as-stated': attempts,
  'callers-fail-at-once': interrupted,
  'cluster-gets-well': (history, events) =>
    times(events, (n) => final(history, 'conversation', { frames: 1 }, shoppers[n % shoppers.length]!, 'n1')),
  'conversations-as-modelled': (history, events) =>
    times(events, (n) => final(history, 'conversation', { frames: 1 }, shoppers[n % shoppers.length]!, 'n1')),
  'clients-back-off': comings,
  'connections-end-for-a-reason': comings,
  'no-unexplained-errors': interrupted,
  'nodes-stop-in-order': stops,
  'peers-agree-again': looks,
  'background-accepted': (history, events) =>
    times(events, (n) => history.record({ type: 'connect', who: listeners[n % listeners.length]!, node: 'n1' })),
  'background-answered': backgroundPushes,
  'background-delivered': background,
  'background-joined': (history, events) =>
    times(events, (n) =>
      final(history, 'joined', { connected: true, expected: ['ping'], joined: ['ping'] }, `background-${n}`),
    ),
  'cart-never-lost': edits,
  expectations: ({ record }, events) =>
    times(events, (after) =>
      record({ type: 'expectation', who: 'harness', value: { after, text: 'it works', met: true } }),
    ),
  'fault-outlasts-timer': faults,
  'faults-witnessed': faults,
  'frames-readable': (history, events) => times(events, (n) => receive(history, `client-${n}`, 'ping', 'news')),
  'gauges-count-clients': gaugeSamples,
  'joined-topics': (history, events) => {
    const topics = ['ping', 'product:1', 'product:2']
    times(events, (n) => final(history, 'joined', { connected: true, expected: topics, joined: topics }, `client-${n}`))
  },
  'live-frames-bounded': liveFrames,
  'launch-pages-right'(history, events) {
    const items = itemIds.map((id) => ({ id, availableCount: 0 }))
    const levels = Object.fromEntries(itemIds.map((id) => [id, 'out']))
    const page = { state: { released: [1], levels }, page: '/', cart: [{ id: 1, outOfStock: true }], pageCount: 1 }
    final(history, 'catalogue', { products: [{ id: 1, released: true, items }] })
    times(events, () => final(history, 'launch-pages', [page]))
  },
  'live-pages-match-fresh-render': livePages,
  'messages-between-nodes-bounded'(history, events) {
    answered(history, events, (n) => [shoppers[n % shoppers.length]!, 'sell', {}])
    const sent = { inventory_replication: { messages: 1, bytes: 40, topics: 1 } }
    for (const node of ['n1', 'n2']) final(history, 'node-state', { sent }, node, node)
  },
  'metrics-as-declared': ({ record }, events) =>
    times(events, () =>
      record({
        type: 'metric',
        who: 'n1',
        node: 'n1',
        operation: 'channel_join',
        value: { value: 1, kind: 'c', tags: { status: 'success', channel: 'PingChannel' } },
      }),
    ),
  'never-oversold': sales,
  'node-inventory-accounted': inventories,
  'no-presence-to-shoppers': carts,
  'no-redundant-stock-broadcast': changes,
  'no-secret-of-another': secrets,
  'nodes-agree-with-database': nodeStates,
  'one-announcement-per-change': announcements,
  'one-run-per-job': jobs,
  'one-server-per-list': openedLists,
  'orders-charged-once': orders,
  'own-topics-only': changes,
  'page-status-true': ({ record }, events) =>
    times(events, () =>
      record({ type: 'read', who: 'alice', node: 'n1', operation: 'page-note', value: { kind: 'watched' } }),
    ),
  'pages-match-database': shownPages,
  'pages-served-properly': servedPages,
  'pipeline-items-accounted': pushedItems,
  'presence-changes-add-up': arrivals,
  'presence-join-delivered-once': arrivals,
  'presence-matches-reality': carts,
  'pushes-handled-once': pushes,
  reached: ({ record }, events) =>
    times(events, () => record({ type: 'reached', who: 'harness', operation: 'sold-out' })),
  'recovery-time': losses,
  'refused-for-a-reason': refusals,
  'released-everywhere': releases,
  'renders-match-database': rendered,
  'replication-bounded': replication,
  'resource-limit-kept': bursts,
  'requests-answered': ({ record }, events) =>
    times(events, (id) => {
      const of = { who: 'background-odd-requests', node: 'n1', type: 'read' } as const
      record({ ...of, operation: requestsOf.asked, value: { id, what: 'a request', status: 400 } })
      record({ ...of, operation: requestsOf.ended, value: { id, status: 400 } })
    }),
  'simulation-ends': (history, events) => times(events, (n) => final(history, 'joined', {}, `client-${n}`)),
  'stakes-kept': hitOperations,
  'todo-entries-kept': todoEntries,
  'stopped-node-is-empty': ({ record }, events) =>
    times(events, () =>
      record({
        ...{ type: 'read', who: 'n1', node: 'n1', operation: nodeRemains },
        value: {
          holds: {
            connections: 0,
            polls: 0,
            sessions: 0,
            relayed: 0,
            callsInFlight: 0,
            timers: 0,
            actors: {},
            pending: {},
          },
        },
      }),
    ),
  'tabs-converge': carts,
  'views-match-fresh-render': views,
}

/** Checkers whose default configuration examines nothing. */
const configured: Readonly<Record<string, Checker>> = {
  'fault-outlasts-timer': faultOutlastsTimer({ 'node.kill': 1_000 }),
  reached: reached(['sold-out']),
}

const filled = (fill: Fill) => (events: number) => {
  const history = createGrowingHistory()
  fill(history, events)
  return history.events
}

/** Every checker except `at-most-once`, which has its own histories. */
export const checkerCases: readonly CheckerCase[] = [
  ...Object.entries(fills).map(([name, fill]) => ({
    checker: configured[name] ?? checkers[name]!,
    historyOf: filled(fill),
  })),
  {
    checker: checkers['purchases-linearizable']!,
    historyOf: (events) =>
      purchasesHistory({
        operations: events / 2,
        concurrent: 100,
        initialCount: events / 4,
        oversoldUnits: 0,
        unsurePercent: 10,
        wrongPercent: 0,
        seed: 1,
      }),
  },
]
