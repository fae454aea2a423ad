import type { CoreContext, Injected } from '../../../context.ts'
import type { HoldPoint } from '../../../faults/hold.ts'
import type { Stake } from '../../../plans/cells.ts'
import type { createOperations } from '../operations.ts'
import { storePoints } from '../points.ts'
import { connectWireTab, openWireTab, type WireTab } from '../wire-tab.ts'
import { type Buyer, openBuyer } from './buyer.ts'
import type { StakeRecord } from './record.ts'
import { patience } from './record.ts'
import { clientLink, type Operation, type Point } from './table.ts'

export type StakeContext = CoreContext & ReturnType<typeof createOperations>

/** The facts that a look at everything finds. */
export type Found = Partial<Omit<StakeRecord, 'cell' | 'missed' | 'answers'>>

/** What a look needs to know of one operation: of which item, product or page it is. */
export interface Subject {
  /** Of which there is one unit. */
  itemId?: number
  /** Whose orders of the item count. */
  isBought?: true
  productId?: number
  /** Of a cart. */
  inCart?: { itemId: number; expected: boolean }
  /** Whose open tabs are counted. */
  page?: string
}

/** One operation that can be held, tried again and looked at. */
export interface Attempt {
  readonly subject: Subject
  /** Where it is held. */
  readonly hold: HoldPoint
  /** Returns how it was answered: `ok`, `failed`, `unsure`, or a word of its own. */
  begin(): Promise<string>
  /** The same wish again, on a node; where all is healed, with patience. */
  again(node: string, isHealed?: boolean): Promise<void>
  /** One list for each wish: what it was answered, in order. */
  answers(): string[][]
  /** The client that was hit is closed: from then on it counts for nothing. */
  giveUp(): void
  tabs(): WireTab[]
}

/** Things that each operation takes one of. */
export interface Supplies {
  /** Items with one unit each, on sale, and others that are not. */
  released: number[]
  unreleased: number[]
  /** An item of which there is plenty. */
  plenty: number
}

export interface AttemptOptions {
  context: StakeContext
  supplies: Supplies
  /** Unlike all others of the scenario. */
  name: string
}

/** Everything that an operation needs before it can begin. */
export function prepareAttempt({ operation, point }: Stake, options: AttemptOptions): Promise<Attempt> {
  return attempts[operation as Operation](point as Point, options)
}

const attempts: Readonly<Record<Operation, (point: Point, options: AttemptOptions) => Promise<Attempt>>> = {
  add: (point, options) => change('add', point, options),
  remove: (point, options) => change('remove', point, options),
  buy,
  release,
  sell: (point, options) => sell(point, options, storePoints.stockRead('n1')),
  replicate: (point, options) => sell(point, options, storePoints.saleReplicated('n1')),
  join: (point, options) => enter('join', point, options),
  rejoin: (point, options) => enter('rejoin', point, options),
  reconnect: (point, options) => enter('reconnect', point, options),
  track: (point, options) => enter('track', point, options),
  leave,
  drain,
}

const ofClient = (stream: HoldPoint['stream'], text: string): HoldPoint => ({
  from: clientLink,
  to: 'n1',
  stream,
  text,
})
const replied = '"phx_reply"'

async function buy(point: Point, { context, supplies, name }: AttemptOptions): Promise<Attempt> {
  const itemId = supplies.released.pop()!
  const buyers = await Promise.all(
    ['buyer', 'rival'].map((who, index) =>
      openBuyer(context, { name: `${name}-${who}`, node: index === 0 ? 'n1' : 'n2', over: clientLink, itemId }),
    ),
  )
  const [buyer, rival] = buyers as [Buyer, Buyer]
  const holds: Record<Point, HoldPoint> = {
    asked: ofClient('upstream', 'POST /checkout'),
    inside: storePoints.purchaseTaken('n1'),
    committing: storePoints.commitSent('n1'),
    committed: storePoints.committed('n1'),
    announcing: storePoints.stockRead('n1'),
    answering: ofClient('downstream', 'HTTP/1.1 303'),
  }
  return {
    subject: { itemId, isBought: true },
    hold: holds[point],
    begin: () => buyer.buy('n1'),
    // Who was told that it is theirs does not ask again before the other one does.
    async again(node, isHealed = false) {
      const isConfirmed = buyer.answers().includes('ok')
      for (const one of isConfirmed ? [rival, buyer] : buyers) await one.buy(node, isHealed ? patience : 1)
    },
    answers: () => buyers.map((one) => one.answers()),
    giveUp: () => buyer.tab.close(),
    tabs: () => [rival.tab],
  }
}

/** Sold at n1: where its announcement counts, it is held on its way to n2, or there. */
async function sell(point: Point, { context, supplies }: AttemptOptions, announcing: HoldPoint): Promise<Attempt> {
  const itemId = supplies.unreleased.pop()!
  const answers: string[][] = []
  const sellOn = async (node: string) => {
    const { kind } = await context.sell(node, itemId)
    answers.push([kind])
    return kind
  }
  const holds: Partial<Record<Point, HoldPoint>> = {
    committing: storePoints.saleSent('n1'),
    committed: storePoints.saleWritten('n1'),
    announcing,
    inside: storePoints.stockRead('n2'),
  }
  return {
    subject: { itemId },
    hold: holds[point]!,
    begin: () => sellOn('n1'),
    again: async (node) => void (await sellOn(node)),
    answers: () => answers,
    giveUp: () => {},
    tabs: () => [],
  }
}

async function release(point: Point, { context }: AttemptOptions): Promise<Attempt> {
  const productId = 2
  const answers: string[] = []
  const releaseOn = async (node: string) => {
    const { kind } = await context.release(node, productId)
    answers.push(kind)
    return kind
  }
  const holds: Partial<Record<Point, HoldPoint>> = {
    committing: storePoints.releaseSent('n1'),
    committed: storePoints.releaseWritten('n1'),
    announcing: storePoints.releaseReplicated('n1'),
  }
  return {
    subject: { productId },
    hold: holds[point]!,
    begin: () => releaseOn('n1'),
    again: async (node) => void (await releaseOn(node)),
    answers: () => [answers],
    giveUp: () => {},
    tabs: () => [],
  }
}

/** Opens further tabs of one cart, as whoever tries again elsewhere does. */
function furtherTabs({ context, name }: AttemptOptions, first: WireTab) {
  const opened: WireTab[] = []
  return {
    opened,
    async open(node: string): Promise<WireTab | undefined> {
      const { topic } = first
      const options = { name: `${name}-${opened.length + 2}`, node, page: name, topic, serialized: first.serialized() }
      const tab = await openWireTab(context, { ...options, over: clientLink }).catch(() => undefined)
      if (tab) opened.push(tab)
      return tab
    },
  }
}

/** A tab on the node that is hit, and one on the other. */
async function openOnBothNodes(options: AttemptOptions) {
  const { context, name } = options
  const first = await openWireTab(context, { name, node: 'n1', page: name, over: clientLink })
  const further = furtherTabs(options, first)
  await further.open('n2')
  return { first, further }
}

async function change(what: 'add' | 'remove', point: Point, options: AttemptOptions): Promise<Attempt> {
  const { supplies, name } = options
  const itemId = supplies.plenty
  const { first, further } = await openOnBothNodes(options)
  if (what === 'remove') await first.add(itemId)
  const answers: string[] = []
  const changeIn = async (tab: WireTab) => {
    const answer = await tab[what](itemId)
    answers.push(answer)
    return answer
  }
  const holds: Partial<Record<Point, HoldPoint>> = {
    asked: ofClient('upstream', `"${what}_item"`),
    announcing: storePoints.cartTold('n1'),
    answering: ofClient('downstream', replied),
  }
  return {
    subject: { inCart: { itemId, expected: what === 'add' }, page: name },
    hold: holds[point]!,
    begin: () => changeIn(first),
    async again(node) {
      const tab = await further.open(node)
      if (tab) await changeIn(tab)
    },
    answers: () => [answers],
    giveUp: first.close,
    tabs: () => further.opened,
  }
}

/** A cart that is joined, joined anew, or joined on a new connection. */
async function enter(
  how: 'join' | 'rejoin' | 'reconnect' | 'track',
  point: Point,
  options: AttemptOptions,
): Promise<Attempt> {
  const { context, name } = options
  const tabOptions = { name, node: 'n1', page: name, over: clientLink }
  let first = how === 'track' ? undefined : await connectWireTab(context, tabOptions)
  if (how === 'rejoin' || how === 'reconnect') await first!.join()
  // Somebody who is tracked has another tab, whose cart further tabs have too.
  const other = first ? undefined : await openWireTab(context, { ...tabOptions, name: `${name}-1`, node: 'n2' })
  const further = furtherTabs(options, (first ?? other)!)
  if (other) further.opened.push(other)
  async function begin() {
    if (how === 'reconnect') first!.close()
    if (how === 'reconnect' || how === 'track') first = await connectWireTab(context, tabOptions)
    return first!.join()
  }
  const isConnecting = how === 'reconnect'
  const holds: Partial<Record<Point, HoldPoint>> = {
    asked: ofClient('upstream', isConnecting ? 'GET /product_socket' : '"phx_join"'),
    announcing: storePoints.trackerTold('n1'),
    answering: ofClient('downstream', isConnecting ? 'HTTP/1.1 101' : replied),
  }
  const answers: string[] = []
  return {
    subject: { page: name },
    hold: holds[point]!,
    async begin() {
      answers.push(await begin().catch(() => 'unsure'))
      return answers[0]!
    },
    again: async (node) => void answers.push((await further.open(node)) ? 'ok' : 'unsure'),
    answers: () => [answers],
    giveUp: () => first?.close(),
    tabs: () => further.opened,
  }
}

async function leave(point: Point, options: AttemptOptions): Promise<Attempt> {
  const { name } = options
  const { first, further } = await openOnBothNodes(options)
  const answers: string[] = []
  const holds: Partial<Record<Point, HoldPoint>> = {
    asked: ofClient('upstream', '"phx_leave"'),
    answering: ofClient('downstream', replied),
  }
  return {
    subject: { page: name },
    hold: holds[point]!,
    async begin() {
      answers.push(await first.leave())
      return answers[0]!
    },
    // Whoever is gone does not try again.
    again: async () => {},
    answers: () => [answers],
    giveUp: first.close,
    tabs: () => further.opened,
  }
}

/** The node of a tab stops: the other node counts the tab no more, and whoever comes back to it is counted. */
async function drain(_point: Point, options: AttemptOptions): Promise<Attempt> {
  const { context, name } = options
  const { first, further } = await openOnBothNodes(options)
  let stopped: Promise<Injected> | undefined
  return {
    subject: { page: name },
    hold: storePoints.goodbye('n1'),
    async begin() {
      stopped = context.nemesis.inject('node.stop', 'n1')
      await stopped
      return 'ok'
    },
    again: async (node) => void (await further.open(node)),
    answers: () => [],
    giveUp: first.close,
    tabs: () => further.opened,
  }
}
