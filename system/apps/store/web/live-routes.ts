import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FirstPage } from '../../../live/index.ts'
import type { Random } from '../../../platform/random.ts'
import type { Product } from '../catalog/product.ts'
import { counterView } from '../live/counter.ts'
import type { StoreLive } from '../live/live.ts'
import { errorPage, layout, type ScriptOptions } from './layout.ts'
import type { Sessions } from './session.ts'

export interface LiveRoutes {
  live: StoreLive
  random: Random
  products(): readonly Product[] | undefined
  sessions: Sessions
  noStore: boolean
  script: ScriptOptions
}

/** The largest number that the counter begins with (LV-16). */
const countMax = 100_000

/** The first HTML of the live pages (LV-2). */
export function liveRoutes(pages: FastifyInstance, options: LiveRoutes) {
  const { live, random, products, sessions, noStore, script } = options

  function send(page: FirstPage, cart: 'none' | undefined, { session }: FastifyRequest, answer: FastifyReply) {
    if (page.kind === 'redirect') return answer.redirect(page.to, page.status)
    if (noStore) answer.header('cache-control', 'no-store, must-revalidate')
    const visit = { cartId: session.cartId, formToken: sessions.formToken(session) }
    const { title } = page
    return answer.type('text/html; charset=utf-8').send(
      layout({
        main: page.content.text,
        visit,
        script,
        isLive: true,
        ...(title && { title }),
        ...(cart && { cart }),
      }),
    )
  }

  async function shopPage(request: FastifyRequest, answer: FastifyReply) {
    if (!products()) return starting(answer)
    const page = await live.page(`${request.protocol}://${request.host}${request.url}`, {
      webSession: { ...request.session },
    })
    return page ? send(page, undefined, request, answer) : answer.callNotFound()
  }

  for (const path of ['/drops', '/drops/by-component', '/drops/finder']) pages.get(path, shopPage)

  pages.get('/counter', async (request, answer) => {
    const count = random.integer(1, countMax)
    return send(await live.render(counterView, { count }), 'none', request, answer)
  })
}

/** Before the first load there is nothing to show. */
export const starting = (answer: FastifyReply) =>
  answer
    .code(503)
    .type('text/html; charset=utf-8')
    .send(errorPage('Back in a moment', 'The shop is starting. Please try again shortly.'))
