import fc from 'fast-check'
import { faults as faultKinds } from '../../harness/faults/index.ts'
import type { FaultRecord, HistoryEvent, NewEvent } from '../../harness/history/operation.ts'

/** Small histories in which much goes wrong, for comparing checkers with their reference. */

const whos = ['alice', 'alice#2', 'bob', 'carol']
const nodes = ['n1', 'n2', 'n3']
const topics = ['ping', 'ping:other', 'product:1']

type Step = (history: Growing) => void

interface Growing {
  tMs: number
  events: HistoryEvent[]
  record(event: NewEvent): void
  newOp(): number
  newFaultId(): number
  /** Sent so far, for those who receive it. */
  sent: { publisher: string; seq: number; topic: string }[]
  /** The last record of each fault that may still change. */
  faults: FaultRecord[]
}

const seqOf = ({ sent }: Growing, publisher: string) => sent.filter((one) => one.publisher === publisher).length + 1

const who = fc.constantFrom(...whos)
const node = fc.constantFrom(...nodes)
const topic = fc.constantFrom(...topics)

const joins = fc.tuple(who, topic, node).map(
  ([person, where, at]): Step =>
    ({ record }) => {
      record({ type: 'join', who: person, topic: where, node: at })
    },
)
const leaves = fc.tuple(who, topic).map(
  ([person, where]): Step =>
    ({ record }) => {
      record({ type: 'leave', who: person, topic: where })
    },
)
const disconnects = who.map(
  (person): Step =>
    ({ record }) =>
      record({ type: 'disconnect', who: person }),
)

/** Published at once, or asked of a node that answers, refuses or says nothing. */
const publishes = fc.tuple(node, topic, fc.constantFrom('plain', 'ok', 'failed', 'unsure', 'open', 'repeated')).map(
  ([publisher, where, how]): Step =>
    (history) => {
      const seq = Math.max(1, seqOf(history, publisher) - (how === 'repeated' ? 1 : 0))
      const value = { publisher, seq, origin: publisher }
      const op = history.newOp()
      const isAsked = how !== 'plain' && how !== 'repeated'
      if (isAsked) history.record({ type: 'invoke', who: publisher, operation: 'publish', op, value })
      history.record({ type: 'publish', who: publisher, topic: where, event: 'ledger', value })
      if (how !== 'repeated') history.sent.push({ publisher, seq, topic: where })
      if (how === 'ok' || how === 'failed' || how === 'unsure') {
        history.tMs += 40
        history.record({ type: how, who: publisher, operation: 'publish', op, value })
      }
    },
)

/** Most people get the newest message; some get an old one, or one for somebody else. */
const receives = fc.tuple(who, fc.oneof(fc.constant(0), fc.nat(3))).map(
  ([person, back]): Step =>
    (history) => {
      const message = history.sent.at(-1 - back)
      if (!message) return
      const { publisher, seq, topic: where } = message
      const value = { publisher, seq, origin: publisher }
      history.record({ type: 'receive', who: person, topic: where, event: 'ledger', joinRef: null, value })
    },
)
const everybodyReceives = fc.constant<Step>((history) => {
  const message = history.sent.at(-1)
  if (!message) return
  const { publisher, seq, topic: where } = message
  for (const person of whos) {
    const value = { publisher, seq, origin: publisher }
    history.record({ type: 'receive', who: person, topic: where, event: 'ledger', joinRef: null, value })
  }
})

const faultSpecs: readonly (Pick<FaultRecord, 'kind' | 'target'> & Partial<FaultRecord>)[] = [
  { kind: 'node.kill', target: 'n2' },
  { kind: 'node.pause', target: 'n1' },
  { kind: 'link.cut', target: 'n1->n2' },
  { kind: 'link.reset', target: 'alice->n2' },
  { kind: 'redis.kill', target: 'redis' },
  { kind: 'link.cut', target: 'n2->redis' },
  { kind: 'link.partition', target: 'n1|n2,n3', parts: ['n1->n2', 'n1->n3', 'n2->n1', 'n3->n1'] },
  { kind: 'messages.drop', target: 'n2', options: { topics: ['ping'] } },
  { kind: 'link.latency', target: 'n1->n2' },
]

const faultBegins = fc.tuple(fc.constantFrom(...faultSpecs), fc.boolean()).map(
  ([spec, isWitnessed]): Step =>
    (history) => {
      const { options = {} } = spec
      const record: FaultRecord = {
        id: history.newFaultId(),
        options,
        ...faultKinds[spec.kind as keyof typeof faultKinds].effectsOf(options),
        requestedMs: history.tMs,
        witnessedOnMs: isWitnessed ? history.tMs + 80 : null,
        healRequestedMs: null,
        witnessedOffMs: null,
        witness: { on: 'seen', off: 'seen' },
        ...spec,
      }
      history.faults.push(record)
      history.record({ type: 'fault', who: 'nemesis', value: record })
    },
)

const faultEnds = fc.tuple(fc.nat(2), fc.boolean()).map(
  ([which, isWitnessed]): Step =>
    (history) => {
      const [old] = history.faults.splice(Math.min(which, history.faults.length - 1), 1)
      if (!old) return
      const value = { ...old, healRequestedMs: history.tMs, witnessedOffMs: isWitnessed ? history.tMs : null }
      history.record({ type: 'fault', who: 'nemesis', value })
    },
)

const shopper = fc.constantFrom('ann', 'ben')
const itemIds = fc.uniqueArray(fc.constantFrom(1, 2, 3), { minLength: 1, maxLength: 2 })
const requests = fc.oneof(
  fc.tuple(shopper, fc.constantFrom(1, 2, 3)).map(([name, itemId]) => ({
    operation: 'add_item',
    value: { shopper: name, itemId },
  })),
  fc.tuple(shopper, fc.constantFrom(1, 2, 3)).map(([name, itemId]) => ({
    operation: 'remove_item',
    value: { shopper: name, itemId },
  })),
  fc.tuple(shopper, itemIds, fc.option(fc.constantFrom('k1', 'k2'), { nil: undefined })).map(([name, wanted, key]) => ({
    operation: 'purchase',
    value: { shopper: name, itemIds: wanted, ...(key && { key }) },
  })),
  fc.constantFrom(1, 2, 3).map((itemId) => ({ operation: 'sell', value: { itemId } })),
  fc.constantFrom(1, 2).map((productId) => ({ operation: 'release', value: { productId } })),
  fc.constantFrom('chat', 'page').map((channel) => ({ operation: 'push', value: { channel } })),
)

/** An operation that ends after the next few steps, or never. */
const operations = fc.tuple(who, requests, fc.constantFrom('ok', 'ok', 'failed', 'unsure', 'open'), fc.boolean()).map(
  ([person, { operation, value }, ending, isSlow]): Step =>
    (history) => {
      const op = history.newOp()
      history.record({ type: 'invoke', who: person, operation, op, value })
      if (ending === 'open') return
      const end = () => history.record({ type: ending as 'ok', who: person, operation, op, value })
      if (isSlow) pendingOf(history).push(end)
      else end()
    },
)
const pendingEnds = new WeakMap<Growing, (() => void)[]>()
const pendingOf = (history: Growing) => {
  const pending = pendingEnds.get(history) ?? []
  pendingEnds.set(history, pending)
  return pending
}
const slowOperationEnds = fc.constant<Step>((history) => pendingOf(history).shift()?.())

const announcements = fc.tuple(who, fc.constantFrom('product:1', 'product:2')).map(
  ([person, where]): Step =>
    ({ record }) =>
      record({ type: 'receive', who: person, topic: where, event: 'released', joinRef: null, value: {} }),
)

/** Mostly conserved. */
const counts = fc
  .tuple(fc.nat(3), fc.nat(3), fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 1, -1))
  .map(([initialCount, leftUnits, error]) => {
    const availableCount = Math.min(initialCount, leftUnits)
    return { initialCount, soldUnits: initialCount - availableCount + error, availableCount }
  })
const rendering = fc
  .tuple(fc.boolean(), fc.constantFrom('low', 'out'), fc.boolean())
  .map(([soon, level, disabled]) => ({
    products: [{ id: '1', soon, sizes: soon ? [] : [{ itemId: '7', level, disabled }] }],
  }))

const finals = fc
  .record({
    items: fc.tuple(counts, counts, counts),
    carts: fc.array(fc.tuple(shopper, itemIds), { maxLength: 3 }),
    views: fc.array(rendering, { maxLength: 3 }),
    fresh: fc.array(rendering, { maxLength: 2 }),
    nodes: fc.array(fc.record({ available: fc.nat(3), released: fc.boolean(), handled: fc.nat(4) }), { maxLength: 2 }),
  })
  .map(
    ({ items, carts, views, fresh, nodes: states }): Step =>
      ({ record }) => {
        const final = (operation: string, value: unknown, at = 'harness') =>
          record({ type: 'final', who: at, node: at, operation, value })
        const stock = items.map((one, index) => ({ id: index + 1, ...one }))
        final('database', { products: [{ id: 1, released: true, items: stock }] })
        for (const [name, ids] of carts)
          final('cart', { shopper: name, page: '/', items: ids.map((id) => ({ id, outOfStock: false })) }, name)
        for (const view of views) final('view', view)
        for (const render of fresh) final('fresh-render', render, 'n1')
        for (const { available, released, handled } of states)
          final('node-state', {
            inventory: { products: [{ id: 1, released, items: [{ id: 1, availableCount: available }] }] },
            pushes: { chat: handled },
          })
      },
  )

const history = (steps: readonly fc.Arbitrary<Step>[], last: fc.Arbitrary<Step>) =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.constantFrom(0, 10, 200, 700, 1_500, 3_000, 6_000), fc.oneof(...steps)), {
        minLength: 4,
        maxLength: 60,
        size: 'max',
      }),
      last,
    )
    .map(([timed, end]): HistoryEvent[] => grow([...timed, [100, end]]))

function grow(steps: readonly (readonly [afterMs: number, step: Step])[]): HistoryEvent[] {
  let [op, faultId] = [0, 0]
  const growing: Growing = {
    tMs: 0,
    events: [],
    sent: [],
    faults: [],
    record: (event) => growing.events.push({ index: growing.events.length, tMs: growing.tMs, ...event }),
    newOp: () => (op += 1),
    newFaultId: () => (faultId += 1),
  }
  for (const [afterMs, step] of steps) {
    growing.tMs += afterMs
    step(growing)
  }
  return growing.events
}

const theEnd = fc.constant<Step>(({ record }) => record({ type: 'phase', who: 'harness' }))

/** Publishes, receipts, joins, leaves, disconnections and faults. */
export const deliveries: fc.Arbitrary<HistoryEvent[]> = history(
  [
    joins,
    joins,
    leaves,
    disconnects,
    publishes,
    publishes,
    receives,
    receives,
    everybodyReceives,
    faultBegins,
    faultEnds,
  ],
  theEnd,
)

/** Purchases, edits of carts, releases and faults, and what was read in the end. */
export const trades: fc.Arbitrary<HistoryEvent[]> = history(
  [operations, operations, operations, slowOperationEnds, announcements, faultBegins, faultEnds],
  finals,
)
