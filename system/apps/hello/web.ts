import type { FastifyInstance, FastifyReply } from 'fastify'
import { demoPage } from './page.ts'
import type { UserTokens } from './user-token.ts'

interface HelloPages {
  tokens: UserTokens
  heartbeatMs: number
  pushTimeoutMs: number
}

/** `/hello` for the user 1, `/hello/tracked?user_id=X` for any other (CH-133). */
export function helloPages(web: FastifyInstance, { tokens, ...times }: HelloPages) {
  const page = async (userId: string) => demoPage({ userId, authToken: await tokens.sign(userId), ...times })
  // A browser that stores the page would go back to a token that has expired since.
  const html = (answer: FastifyReply) => answer.header('cache-control', 'no-store').type('text/html; charset=utf-8')
  web.get('/hello', async (_request, answer) => html(answer).send(await page('1')))
  web.get<{ Querystring: { user_id?: string | string[] } }>('/hello/tracked', async ({ query }, answer) => {
    const [userId = '1'] = [query.user_id ?? '1'].flat()
    return html(answer).send(await page(userId))
  })
}
