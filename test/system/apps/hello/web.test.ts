import { fastify } from 'fastify'
import { describe, expect, it } from 'vitest'
import { createUserTokens } from '../../../../system/apps/hello/user-token.ts'
import { helloPages } from '../../../../system/apps/hello/web.ts'

const secret = 'a secret of the tests that is long enough'

describe('the demo pages (CH-133)', () => {
  const web = fastify()
  helloPages(web, {
    tokens: createUserTokens({ secret, clock: { now: () => 0 } as never }),
    heartbeatMs: 1_000,
    pushTimeoutMs: 4_000,
  })

  it.each(['/hello', '/hello/tracked?user_id=7'])('%s holds a token, so no cache may keep it', async (url) => {
    const { headers, body } = await web.inject(url)
    expect(body).toContain('window.authToken')
    expect(headers['cache-control']).toBe('no-store')
  })

  it('says how long to wait for a reply (PM-18)', async () => {
    expect((await web.inject('/hello')).body).toContain('data-push-timeout-ms="4000"')
  })
})
