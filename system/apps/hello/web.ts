import type { FastifyInstance, FastifyReply } from 'fastify'
import { demoPage } from './page.ts'
import type { UserTokens } from './user-token.ts'

interface HelloPages {
  tokens: UserTokens
  heartbeatMs: number
}

/** `/hello` for the user 1, `/hello/tracked?user_id=X` for any other (CH-133). */
export function helloPages(web: FastifyInstance, { tokens, heartbeatMs }: HelloPages) {
  /** The page holds a token, so no cache may keep it. */
  async function sendPage(answer: FastifyReply, userId: string) {
    const authToken = await tokens.sign(userId)
    answer.header('cache-control', 'no-store').type('text/html')
    return answer.send(demoPage({ userId, authToken, heartbeatMs }))
  }
  web.get('/hello', async (_request, answer) => sendPage(answer, '1'))
  web.get<{ Querystring: { user_id?: string | string[] } }>('/hello/tracked', async ({ query }, answer) => {
    const [userId = '1'] = [query.user_id ?? '1'].flat()
    return sendPage(answer, userId)
  })
}
