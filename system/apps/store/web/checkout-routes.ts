import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../../../platform/log.ts'
import { type Cart, emptyCart } from '../cart/cart.ts'
import type { Product } from '../catalog/product.ts'
import type { Checkout } from '../checkout/checkout.ts'
import { type BuyCart, shopperOf } from '../checkout/order.ts'
import { checkoutPage, completePage } from './checkout-pages.ts'
import { errorPage, type ScriptOptions } from './layout.ts'
import type { Sessions, WebSession } from './session.ts'

export interface CheckoutRoutes {
  checkout: Checkout
  sessions: Sessions
  script: ScriptOptions
  products(): readonly Product[] | undefined
  buyCart: BuyCart
  log: Log
}

const formMaxBytes = 65_536
const keyPattern = /^[\w-]{16,64}$/

const problems = {
  empty: 'Your cart is empty, so there is nothing to buy.',
  soldOut: 'Something in your cart is sold out, so nothing was bought. Take it out and try again.',
  unsure: 'We could not finish your order just now. Try again: you will not pay twice.',
} as const

/** The pages of the cart, the purchase and the last order (CT-53..CT-59). */
export function checkoutRoutes(pages: FastifyInstance, options: CheckoutRoutes) {
  const { checkout, sessions, script, log } = options
  const html = (answer: FastifyReply, status = 200) =>
    answer.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8')
  const visitOf = (session: WebSession) => ({ cartId: session.cartId, formToken: sessions.formToken(session) })

  /** Sends the form again, with the key of the failed attempt, so that another attempt cannot buy twice. */
  const formAgain = (
    answer: FastifyReply,
    session: WebSession,
    status: number,
    problem?: string,
    key: string = randomUUID(),
  ) => html(answer, status).send(checkoutPage({ visit: visitOf(session), script, key, ...(problem && { problem }) }))

  pages.get('/checkout', async (request, answer) => formAgain(answer, request.session, 200))

  pages.post('/checkout', { bodyLimit: formMaxBytes }, async (request, answer) => {
    const { session } = request
    const form = Object(request.body) as Record<string, unknown>
    if (!sessions.isOwnForm(session, form._csrf_token)) {
      log.warn({ reason: 'no token of this shop' }, 'checkout: a form was refused')
      return html(answer, 403).send(
        errorPage('Not from here', 'This form did not come from our page. Nothing was bought.'),
      )
    }
    const key = form.key
    if (typeof key !== 'string' || !keyPattern.test(key))
      return html(answer, 400).send(errorPage('Not a checkout', 'This form lacks its order key. Nothing was bought.'))
    const cart = await checkout.restoreCart(form.serialized).catch(() => emptyCart)
    return buy({ answer, session, cart, key })
  })

  pages.get('/checkout/complete', async (request, answer) => {
    const { session } = request
    const { orderKey, cartAfter } = session
    const order = orderKey && (await checkout.findOrder(shopperOf(session.cartId), orderKey))
    if (!order)
      return html(answer, 404).send(errorPage('No order yet', 'Once you have bought something it is listed here.'))
    const products = options.products() ?? []
    return html(answer).send(completePage({ visit: visitOf(session), script, order, products, cartAfter }))
  })

  interface Attempt {
    answer: FastifyReply
    session: WebSession
    cart: Cart
    key: string
  }

  async function buy({ answer, session, cart, key }: Attempt) {
    const tried = await options.buyCart(session.cartId, cart, key)
    if (tried.kind === 'empty') return formAgain(answer, session, 422, problems.empty)
    if (tried.kind === 'unsure') return formAgain(answer, session, 503, problems.unsure, key)
    if (tried.kind === 'sold_out') return formAgain(answer, session, 409, problems.soldOut, key)
    await sessions.write(answer, { ...session, orderKey: key, cartAfter: await checkout.exportCart(tried.after) })
    return answer.redirect('/checkout/complete', 303)
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set for every page of the shop. */
    session: WebSession
  }
}

/** Gives every page of this part of the site its session (CT-16). */
export function withSession(pages: FastifyInstance, sessions: Sessions) {
  pages.decorateRequest('session', null as unknown as WebSession)
  pages.addHook('onRequest', async (request: FastifyRequest, answer) => {
    request.session = await sessions.open(request, answer)
  })
}
