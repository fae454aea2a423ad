import type { FastifyInstance } from 'fastify'
import { demoPage } from './page.ts'
import type { UserTokens } from './user-token.ts'

interface HelloPages {
  tokens: UserTokens
  heartbeatMs: number
}

/** `/hello` for the user 1, `/hello/tracked?user_id=X` for any other (CH-133). */
export function helloPages(web: FastifyInstance, { tokens, heartbeatMs }: HelloPages) {
  const page = async (userId: string) => demoPage({ userId, authToken: await tokens.sign(userId), heartbeatMs })
  web.get('/hello', async (_request, answer) => answer.type('text/html').send(await page('1')))
  web.get<{ Querystring: { user_id?: string | string[] } }>('/hello/tracked', async ({ query }, answer) => {
    const [userId = '1'] = [query.user_id ?? '1'].flat()
    return answer.type('text/html').send(await page(userId))
  })
}
