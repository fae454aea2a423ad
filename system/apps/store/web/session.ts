import Tokens from '@fastify/csrf'
import { parseCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { createTokens } from '../../../channels/index.ts'
import type { Clock } from '../../../platform/clock.ts'

/** What the shop keeps for a browser, in a signed cookie (CT-16). */
export interface WebSession {
  cartId: string
  /** The secret from which the tokens of forms are derived. */
  csrfSecret: string
  /** The key of the last order. */
  orderKey?: string
  /** The signed cart after that order. */
  cartAfter?: string
}

export const sessionCookie = '_sneakers23'
const salt = 'web session'
const ageMaxS = 86_400 * 30

interface SessionsOptions {
  secret: string
  clock: Pick<Clock, 'now'>
  generateCartId(): string
}

export type Sessions = ReturnType<typeof createSessions>

/** Sessions of browsers, and the tokens that prove that a form came from a page of this shop. */
export function createSessions({ secret, clock, generateCartId }: SessionsOptions) {
  const csrf = Tokens()
  const tokens = createTokens({ secret, salt, ageMaxS, clock })

  async function read(cookie: string | undefined): Promise<WebSession | undefined> {
    if (!cookie) return undefined
    const verified = await tokens.verify(cookie)
    return verified.kind === 'valid' ? (verified.data as WebSession) : undefined
  }

  async function write(answer: FastifyReply, session: WebSession) {
    const value = await tokens.sign(session)
    answer.setCookie(sessionCookie, value, { path: '/', httpOnly: true, sameSite: 'lax', maxAge: ageMaxS })
  }

  return {
    /** The browser's session; a browser without a valid one gets a new one. */
    async open(request: FastifyRequest, answer: FastifyReply): Promise<WebSession> {
      const known = await read(request.cookies[sessionCookie])
      if (known) return known
      const fresh = { cartId: generateCartId(), csrfSecret: await csrf.secret() }
      await write(answer, fresh)
      return fresh
    },
    write,
    formToken: ({ csrfSecret }: WebSession) => csrf.create(csrfSecret),
    isOwnForm: ({ csrfSecret }: WebSession, token: unknown) =>
      typeof token === 'string' && csrf.verify(csrfSecret, token),
    /** The session of a socket; undefined without the token from the page, as a foreign page sends the cookie but cannot read the token (CH-35). */
    async ofSocket(cookieHeader: string | undefined, token: string | undefined) {
      const session = await read(parseCookie(cookieHeader ?? '')[sessionCookie])
      return session && token && csrf.verify(session.csrfSecret, token) ? { ...session } : undefined
    },
  }
}
