import { createTokens, type Sealer } from '../../../channels/index.ts'
import type { Clock } from '../../../platform/clock.ts'
import { type Cart, emptyCart, isIn } from './cart.ts'

const salt = 'shopping cart serialization'
export const cartTokenAgeMaxS = 86_400 * 7

export type CartTokens = ReturnType<typeof createCartTokens>

interface CartTokensOptions {
  secret: string
  clock: Pick<Clock, 'now'>
  /** DF-42: as if all nodes had the same clock. */
  isClockTrusted?: boolean
  sealer?: Sealer
}

/** The durable copy of a cart, which the browser keeps: signed, so that only this shop can have written it (CT-2, CT-3, CT-11). */
export function createCartTokens({ secret, clock, isClockTrusted = false, sealer }: CartTokensOptions) {
  const skew = isClockTrusted ? { skewMaxS: 0 } : {}
  const tokens = createTokens({ secret, salt, ageMaxS: cartTokenAgeMaxS, clock, ...skew, ...(sealer && { sealer }) })

  /** Undefined for whatever is no token of a cart, or an old one. */
  async function read(token: unknown): Promise<Cart | undefined> {
    if (typeof token !== 'string' || token === '') return undefined
    const verified = await tokens.verify(token)
    return verified.kind === 'valid' ? cartOf(verified.data) : undefined
  }

  return {
    /** Another text at each signing, though the cart is the same (CT-14). */
    sign: ({ items, changes }: Cart): Promise<string> => tokens.sign({ items, changes: Object.fromEntries(changes) }),
    read,
    /** A shopper must always be able to shop: without a good token the cart is empty (CT-12, CT-13). */
    restore: async (token: unknown): Promise<Cart> => (await read(token)) ?? emptyCart,
  }
}

/** Takes what is needed and ignores the rest: a later version may have written more, an earlier one less (CT-12). */
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
