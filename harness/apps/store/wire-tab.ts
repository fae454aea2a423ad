import type { WireClient } from '../../clients/wire-client.ts'
import type { CoreContext } from '../../context.ts'
import { freshCart } from './cart-topic.ts'

/** One tab of a cart at the bare wire: it joins, leaves and connects when it is told to, and never by itself. */
export interface WireTab {
  readonly name: string
  readonly node: string
  /** The topic of its cart. */
  readonly topic: string
  /** The items of the cart as last told, and those of them that it was told are sold out. */
  items(): number[]
  soldOut(): number[]
  /** The durable copy of the cart, as last told; undefined before the first. */
  serialized(): string | undefined
  /** Returns `ok`, the error of the node, or `timeout`. */
  add(itemId: number): Promise<string>
  remove(itemId: number): Promise<string>
  /** Joins with the cart that it was told last. */
  join(): Promise<string>
  leave(): Promise<string>
  /** False when the node, or the tab itself, has closed the connection. */
  isOpen(): boolean
  /** As when the tab is closed. */
  close(): void
}

interface WireTabOptions {
  name: string
  node: string
  /** Default: a cart of its own. */
  topic?: string
  /** What the node is told as the page. */
  page: string
  /** Default: empty. */
  serialized?: string | undefined
  /** Whose link it uses. Default: its own. */
  over?: string
}

interface CartPayload {
  items: { id: number; out_of_stock: boolean }[]
  serialized: string
}

const answeredWithinMs = 3_000

/** Connects, and joins. Rejects when the node refuses it, or does not answer. */
export async function openWireTab(context: CoreContext, options: WireTabOptions): Promise<WireTab> {
  const tab = await connectWireTab(context, options)
  const joined = await tab.join()
  if (joined === 'ok') return tab
  tab.close()
  throw new Error(`the join of ${options.name} ended ${joined}`)
}

/** Only connects. */
export async function connectWireTab(context: CoreContext, options: WireTabOptions): Promise<WireTab> {
  const { name, node, topic = freshCart(), page, over = name } = options
  const wire = await context.wire(name, node, { path: '/product_socket/websocket', over })
  const ask = createAsk(wire, topic)
  const cart = () => lastCart(wire)
  const serialized = () => cart()?.serialized ?? options.serialized
  let isClosed = false
  return {
    name,
    node,
    topic,
    items: () => cart()?.items.map(({ id }) => id) ?? [],
    soldOut: () => cart()?.items.flatMap(({ id, out_of_stock }) => (out_of_stock ? [id] : [])) ?? [],
    serialized,
    add: (itemId) => ask('add_item', { item_id: String(itemId) }),
    remove: (itemId) => ask('remove_item', { item_id: String(itemId) }),
    join: () => ask('phx_join', { serialized: serialized(), page }),
    leave: () => ask('phx_leave', {}),
    isOpen: () => !isClosed && wire.closedWith() === undefined,
    close() {
      isClosed = true
      wire.close()
    },
  }
}

/** Asks on one topic, and waits for the reply. A join begins a new life of the channel, whose number is its own. */
function createAsk(wire: WireClient, topic: string) {
  let lastRef = 0
  let joinRef = ''
  return async (event: string, payload: object): Promise<string> => {
    lastRef += 1
    const ref = String(lastRef)
    if (event === 'phx_join') joinRef = ref
    wire.send([joinRef, ref, topic, event, payload])
    const isReply = (frame: unknown[]) => frame[1] === ref && frame[3] === 'phx_reply'
    const reply = await wire.receive(`the reply to ${event}`, isReply, answeredWithinMs).catch(() => undefined)
    if (!reply) return 'timeout'
    const { status, response } = reply[4] as { status: string; response: { error?: string } }
    return status === 'ok' ? 'ok' : (response.error ?? 'refused')
  }
}

/** Carts come as messages, and in the replies to changes. */
function lastCart(wire: WireClient): CartPayload | undefined {
  const carts = wire.frames().flatMap(([, , , event, payload]) => {
    const { response, ...told } = payload as { response?: Partial<CartPayload> } & Partial<CartPayload>
    const found = event === 'phx_reply' ? response : told
    return found?.items && found.serialized !== undefined ? [found as CartPayload] : []
  })
  return carts.at(-1)
}
