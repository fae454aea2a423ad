import { describeReconnects, reconnectsOf, type ScenarioContext, type WireShopper } from '../../harness/index.ts'
import { mustHaveHeard } from '../stalls.ts'
import { mustBe, releaseBoth } from '../support.ts'

type Context = ScenarioContext<'store'>

/** Where clients connect to when a balancer stands in front of the nodes. */
export const door = 'balancer'

const joinedWithinMs = 15_000
/** SHED_EVERY_MS of the scenarios that shed, and how long an order goes on looking. */
export const shedEveryMs = 300
const orderEndsAfterMs = 5 * shedEveryMs
const buyEveryMs = 250
const evenlyMax = 2
const evenWithinMs = 12_000
const itemIds = [1, 2, 9]

/** Shoppers come through the balancer, each with an item in the cart; one client listens too. */
export async function shoppersCome(context: Context, count: number) {
  await releaseBoth(context, 'n1')
  for (let n = 0; n < count; n += 1) {
    const shopper = await context.wireShopper(`shopper-${n + 1}`, door)
    mustBe(await shopper.add(itemIds[n % itemIds.length]!), 'ok', `shopper-${n + 1} adds an item`)
  }
}

/** Uses the shop while `work` goes on: pages are asked for again and again, and half of the shoppers buy, one after the other. */
export async function shoppingMeanwhile(context: Context, work: () => Promise<unknown>) {
  let isOver = false
  const pages = askForPages(context, () => isOver)
  const buying = buyOneAfterTheOther(context, () => isOver)
  try {
    await work()
  } finally {
    isOver = true
  }
  context.scratch.set('pages', await pages)
  context.scratch.set('purchases', await buying)
}

interface Asked {
  count: number
  failures: string[]
}

/** Each request has a connection of its own, so that the balancer chooses each time (DP-19). */
async function askForPages(context: Context, isOver: () => boolean): Promise<Asked> {
  const { port } = context.cluster.balancer!
  const asked: Asked = { count: 0, failures: [] }
  while (!isOver()) {
    const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } }).catch((error) => error)
    asked.count += 1
    if (page instanceof Error) asked.failures.push(String(page.cause ?? page.message))
    else if (page.status === 200) await page.text()
    else asked.failures.push(`status ${page.status}`)
    await context.clock.sleep(20)
  }
  return asked
}

/** A purchase is a request; what a page sends over its socket may be lost with it. */
async function buyOneAfterTheOther(context: Context, isOver: () => boolean): Promise<Record<string, number>> {
  const ends: Record<string, number> = { ok: 0, failed: 0, unsure: 0 }
  const hasItems = (shopper: WireShopper) => shopper.cart().items.length > 0
  const shoppers = context.wireShoppers().filter(hasItems)
  for (const shopper of shoppers.slice(0, Math.ceil(shoppers.length / 2))) {
    if (isOver()) break
    ends[await shopper.buy()]! += 1
    await context.clock.sleep(buyEveryMs)
  }
  return ends
}

/** Every page was answered, from the first to the last (DP-33). */
export async function noRequestWasRefused(context: Context) {
  const { count, failures } = context.scratch.get('pages') as Asked
  const refused = context.cluster.balancer!.refusedCount()
  const sentence =
    failures.length > 0
      ? `${failures.length} of ${count} pages were not answered: ${failures[0]}`
      : `connections that no node took: ${refused} instead of 0`
  // A node that stands still is passed over, and ends what it has not read when its time to drain is over.
  mustHaveHeard(context, failures.length === 0 && refused === 0, () => false, sentence)
}

/** Somebody bought something while it went on. */
export async function somethingWasBought({ scratch, notReached }: Context) {
  const { ok = 0, failed = 0, unsure = 0 } = scratch.get('purchases') as Record<string, number>
  if (ok > 0) return
  if (failed + unsure === 0) notReached('it was over before anybody could buy something')
  throw new Error('nobody could buy anything meanwhile')
}

/** Does something that makes clients connect again; keeps what that cost them, and says it in the history. */
export async function countingReconnects(
  context: Context,
  what: string,
  work: () => Promise<unknown>,
  standby: readonly string[] = [],
) {
  const from = context.recorder.events.length
  await work()
  await allAreJoined(context, standby)
  const reconnects = reconnectsOf(context.recorder.events.slice(from), door)
  context.scratch.set('reconnects', reconnects)
  context.reached(`${what}: ${describeReconnects(reconnects)}; ${describeLoads(await loadsOf(context, standby))}`)
}

/** Everybody who was there is back, by themselves (NF-12). */
export async function allAreJoined(context: Context, standby: readonly string[] = []) {
  const shoppers = context.wireShoppers()
  const joinedCount = () => shoppers.filter((one) => one.joins().joined.length > 0).length
  // A client notices later than its node that its connection is closed.
  const onNodes = async () => totalOf(await loadsOf(context, standby))
  const isBack = async () => joinedCount() === shoppers.length && (await onNodes()) === shoppers.length
  await context.until('all are joined', joinedWithinMs, isBack).catch(async () => {
    throw new Error(`${joinedCount()} of ${shoppers.length} shoppers are joined, and nodes have ${await onNodes()}`)
  })
}

export type Loads = Record<string, number>

/** How many connections of shoppers each running node has. */
export async function loadsOf({ cluster }: Context, standby: readonly string[] = []): Promise<Loads> {
  const nodes = [...cluster.nodes, ...standby.map(cluster.node)].filter(({ running }) => running)
  const states = await Promise.all(nodes.map(({ control }) => control.state()))
  const shopping = (topics: readonly string[]) => topics.some((topic) => topic.startsWith('cart:'))
  return Object.fromEntries(
    nodes.map(({ name }, index) => [name, states[index]!.connections.filter(({ topics }) => shopping(topics)).length]),
  )
}

/** `n1 20, n2 20, n3 0` */
export const describeLoads = (loads: Loads): string =>
  Object.entries(loads)
    .map(([name, open]) => `${name} ${open}`)
    .join(', ')

/** No two nodes differ by more than `boundMax` shoppers. */
export async function mustBeEven(context: Context, boundMax: number, standby: readonly string[] = []) {
  let loads: Loads = {}
  const isEven = async () => {
    loads = await loadsOf(context, standby)
    return spreadOf(loads) <= boundMax
  }
  await context.until('the load is even', evenWithinMs, isEven).catch(() => {
    throw new Error(`the load is uneven: ${describeLoads(loads)}, and two nodes may differ by at most ${boundMax}`)
  })
}

const totalOf = (loads: Loads): number => Object.values(loads).reduce((sum, one) => sum + one, 0)

export const spreadOf = (loads: Loads): number => Math.max(...Object.values(loads)) - Math.min(...Object.values(loads))

/** Every node closes what it has over the mean, in rounds, until it has no more (DP-21). */
export async function shedSurplus(context: Context, standby: readonly string[] = []) {
  const loads = await loadsOf(context, standby)
  const names = Object.keys(loads)
  const mean = Math.ceil(context.wireShoppers().length / names.length)
  const over = names.filter((name) => loads[name]! > mean)
  if (over.length === 0) return
  await using _shed = await context.nemesis.inject('connections.shed', over.join(','), { keep: mean })
  // An order is over after three rounds without a surplus, and not before: a load that changes meanwhile would be shed too.
  await mustBeEven(context, evenlyMax, standby).catch(() => {})
  await context.clock.sleep(orderEndsAfterMs)
}
