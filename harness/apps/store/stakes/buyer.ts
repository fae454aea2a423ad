import type { CoreContext } from '../../../context.ts'
import { purchaseWithinMs } from '../../../timing.ts'
import { endOfPurchase } from '../purchases.ts'
import { visitCheckout } from '../wire-shopper.ts'
import { openWireTab, type WireTab } from '../wire-tab.ts'

/** A shopper with one item in the cart and one form, which is sent as often as it takes, to any node. */
export interface Buyer {
  readonly tab: WireTab
  /** Sends the form, and again while the end is `unsure`, up to `tries` times; returns `ok`, `failed` or `unsure`. */
  buy(node: string, tries?: number): Promise<string>
  answers(): string[]
}

interface BuyerOptions {
  name: string
  /** Where the cart is. */
  node: string
  over: string
  itemId: number
}

const tryAgainMs = 300

export async function openBuyer(context: CoreContext, { name, node, over, itemId }: BuyerOptions): Promise<Buyer> {
  const urlOf = async (of: string) => (await context.cluster.links.link(over, of)).url
  const visit = await visitCheckout(await urlOf(node))
  const tab = await openWireTab(context, { name, node, over, page: '/checkout', topic: `cart:${visit.cartId}` })
  const added = await tab.add(itemId)
  if (added !== 'ok') {
    tab.close()
    throw new Error(`${name} cannot put item ${itemId} into the cart: ${added}`)
  }
  const { cookie, formToken, key } = visit
  const body = new URLSearchParams({ _csrf_token: formToken, key, serialized: tab.serialized()! }).toString()
  const answers: string[] = []

  async function submit(to: string) {
    const answer = await fetch(`${await urlOf(to)}/checkout`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body,
      signal: AbortSignal.timeout(purchaseWithinMs),
    })
    return endOfPurchase(answer.status)
  }

  return {
    tab,
    async buy(to, tries = 1) {
      for (let left = tries; ; left -= 1) {
        const operation = context.recorder.begin(name, 'purchase', { shopper: name, itemIds: [itemId], key })
        const end = await submit(to).catch(() => 'unsure' as const)
        operation.end(end)
        answers.push(end)
        if (end !== 'unsure' || left <= 1) return end
        await context.clock.sleep(tryAgainMs)
      }
    },
    answers: () => answers,
  }
}
