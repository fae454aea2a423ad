import Tokens from '@fastify/csrf'
import { parseCookie } from 'cookie'
import { createTokens } from '../../../system/channels/index.ts'
import type { Flash } from '../../../system/live/index.ts'
import type { Clock } from '../../../system/platform/clock.ts'

/** What this application remembers of a browser, in one signed cookie. */
export interface WebSession {
  csrfSecret: string
  count?: number
  flash?: Flash
}

const cookieName = '_live_compat'

export function createWebSessions({ secret, clock }: { secret: string; clock: Pick<Clock, 'now'> }) {
  const csrf = Tokens()
  const tokens = createTokens({ secret, salt: 'web session', ageMaxS: 86_400 * 30, clock })

  async function read(cookieHeader: string | undefined): Promise<WebSession | undefined> {
    const cookie = parseCookie(cookieHeader ?? '')[cookieName]
    const verified = cookie === undefined ? undefined : await tokens.verify(cookie)
    return verified?.kind === 'valid' ? (verified.data as WebSession) : undefined
  }

  return {
    /** The session of a browser; one without a good cookie gets a new one. */
    open: async (cookieHeader: string | undefined): Promise<WebSession> =>
      (await read(cookieHeader)) ?? { csrfSecret: await csrf.secret() },
    /** The header that stores it. */
    cookieFor: async (session: WebSession) =>
      `${cookieName}=${await tokens.sign(session)}; path=/; HttpOnly; SameSite=Lax`,
    csrfToken: (csrfSecret: unknown) => csrf.create(String(csrfSecret)),
    /** Of a connection, for a page that could read its own token. */
    async ofSocket(cookieHeader: string | undefined, csrfToken: string | undefined) {
      const session = await read(cookieHeader)
      return session && csrfToken && csrf.verify(session.csrfSecret, csrfToken) ? { ...session } : undefined
    },
  }
}
