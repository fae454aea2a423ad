import { type HoldPoint, holdAt, type ScenarioContext, storeControl, type WireClient } from '../../harness/index.ts'

type StoreContext = ScenarioContext<'store'>

/** Longer than a statement may take. */
const reachedWithinMs = 8_000
const toldWithinMs = 10_000

/** An operation that waits at a point until it is released, or ended by a fault. */
export interface HeldOperation<T> {
  end: Promise<T>
  release(): Promise<void>
}

/** Begins an operation, and resolves when it is at the point; rejects when it does not get there. */
export async function held<T>(
  context: Pick<ScenarioContext, 'cluster' | 'recorder'>,
  point: HoldPoint,
  begin: () => Promise<T>,
): Promise<HeldOperation<T>> {
  const hold = await holdAt(context, point)
  const end = begin()
  end.catch(() => {})
  await hold.reached(reachedWithinMs)
  return { end, release: hold.release }
}

/** A client that listens to both products of a node at the bare wire, and joins nothing by itself. */
export async function openEar(context: ScenarioContext, name: string, node: string): Promise<WireClient> {
  const ear = await context.wire(name, node, { path: '/product_socket/websocket' })
  for (const id of [1, 2]) await joinProduct(ear, id, '1')
  return ear
}

export async function joinProduct(ear: WireClient, productId: number, ref: string) {
  const topic = `product:${productId}`
  ear.send([ref, ref, topic, 'phx_join', {}])
  await ear.receive(`the answer to its join of ${topic}`, (frame) => frame[1] === ref && frame[2] === topic)
}

/** The client was told that an item is at a level now. */
export const wasTold = (ear: WireClient, itemId: number, level: string): boolean =>
  ear.frames().some(([, , , event, payload]) => {
    const told = payload as { item_id?: number; level?: string }
    return event === 'stock_change' && told.item_id === itemId && told.level === level
  })

/** Fails unless it comes in time, with the sentence. */
export async function comesTrue(
  context: ScenarioContext,
  ask: () => boolean | Promise<boolean>,
  sentence: string | (() => string),
) {
  await context.until('it', toldWithinMs, ask).catch(() => {
    throw new Error(typeof sentence === 'string' ? sentence : sentence())
  })
}

/** A listener for each of these nodes, kept until `earOn` and `earsOn` return it. */
export async function openEarsOn(context: StoreContext, nodes: readonly string[]) {
  for (const node of nodes) context.scratch.set(`ear-${node}`, await openEar(context, `ear-${node}`, node))
}

export const earOn = ({ scratch }: StoreContext, node: string) => scratch.get(`ear-${node}`) as WireClient
export const earsOn = (context: StoreContext, nodes: readonly string[]) => nodes.map((node) => earOn(context, node))

/** A node believes that a product is on sale. */
export async function isReleasedOn({ cluster }: StoreContext, node: string, productId: number): Promise<boolean> {
  const { inventory } = await storeControl(cluster.node(node).control).state()
  return inventory?.products.find(({ id }) => id === productId)?.released === true
}

/** A node is connected to another one. */
export const isPeer = async ({ cluster }: StoreContext, node: string, peer: string) =>
  (await cluster.node(node).control.state()).peers[peer]?.connected === true

/** Fails as `unknown` when one of these nodes met another one meanwhile: it reads everything anew then, and nothing comes back alone. */
export async function withoutMeeting(context: StoreContext, nodes: readonly string[], work: () => Promise<void>) {
  const meetings = () => nodes.map((node) => context.cluster.node(node).log().split(': peer is up').length).join()
  const before = meetings()
  await work()
  if (meetings() !== before) context.notReached(`${nodes.join(' or ')} lost another node and met it again`)
}

/** How many of an item a node believes are left. */
export async function leftOn({ cluster }: StoreContext, node: string, itemId: number): Promise<number | undefined> {
  const { inventory } = await storeControl(cluster.node(node).control).state()
  return inventory?.products.flatMap(({ items }) => items).find(({ id }) => id === itemId)?.availableCount
}

/** Each node, and a client of each, learn of the sale of the last unit. */
export async function soldOutEverywhere(context: StoreContext, itemId: number, ears: readonly WireClient[]) {
  for (const { name } of context.cluster.nodes)
    await comesTrue(
      context,
      async () => (await leftOn(context, name, itemId)) === 0,
      `${name} still sells item ${itemId}, the last of which is sold`,
    )
  for (const ear of ears)
    await comesTrue(
      context,
      () => wasTold(ear, itemId, 'out'),
      `${ear.name} was not told that item ${itemId} is sold out`,
    )
}

/** Open carts of a page, as a node counts them. */
export async function openCarts({ cluster }: StoreContext, node: string, page: string): Promise<number> {
  const { carts } = await storeControl(cluster.node(node).control).state()
  return carts.filter((one) => one.page === page).length
}
