import { createTokens, type Sealer } from '../../../channels/index.ts'
import type { Clock } from '../../../platform/clock.ts'
import { type Cart, emptyCart, isIn } from './cart.ts'

const salt = 'shopping cart serialization'
export const cartTokenAgeMaxS = 86_400 * 7

export type CartTokens = ReturnType<typeof createCartTokens>

interface CartTokensOptions {
  secret: string
  clock: Pick<Clock, 'now'>
  sealer?: Sealer
}

/** The durable copy of a cart, which the browser keeps: signed, so that only this shop can have written it (CT-2, CT-3, CT-11). */
export function createCartTokens({ secret, clock, sealer }: CartTokensOptions) {
  const tokens = createTokens({ secret, salt, ageMaxS: cartTokenAgeMaxS, clock, ...(sealer && { sealer }) })

  /** Undefined for anything but a valid token of a cart. */
  async function read(token: unknown): Promise<Cart | undefined> {
    if (typeof token !== 'string') return undefined
    const verified = await tokens.verify(token)
    return verified.kind === 'valid' ? cartOf(verified.data) : undefined
  }

  return {
    /** Two tokens of the same cart differ (CT-14). */
    sign: ({ items, changes }: Cart): Promise<string> => tokens.sign({ items, changes: Object.fromEntries(changes) }),
    read,
    /** Without a valid token the cart is empty, as a shopper must always be able to shop (CT-12, CT-13). */
    restore: async (token: unknown): Promise<Cart> => (await read(token)) ?? emptyCart,
  }
}

/** Reads the fields it knows and ignores the rest: a later version may have written more fields, an earlier one fewer (CT-12). */
function cartOf(data: unknown): Cart {
  const { items, changes } = (data ?? {}) as { items?: unknown; changes?: unknown }
  const listed = Array.isArray(items) ? [...new Set(items.filter(Number.isSafeInteger) as number[])] : []
  const counts = new Map<number, number>(listed.map((id) => [id, 1]))
  for (const [id, count] of Object.entries((changes ?? {}) as Record<string, unknown>)) {
    const itemId = Number(id)
    if (isCount(count) && isIn(count) === listed.includes(itemId)) counts.set(itemId, count)
  }
  return { items: listed, changes: counts }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0
