import { randomBytes } from 'node:crypto'
import { sameSecret } from '../platform/same-secret.ts'

export interface Asked {
  method: string
  path: string
  host: string | undefined
  origin: string | undefined
  authorization: string | undefined
  cookies: Record<string, string | undefined>
}

export const pagePath = '/observer'
export const loginPath = `${pagePath}/login`
const cookieName = 'squall_observer'
const loginHours = 12

/**
 * Who may use the page of the inspector: whoever gave the control secret in its form has a cookie for twelve hours, or until the node ends.
 * The cookie admits to the page alone, and is not the secret, because a browser shows cookies to other servers on the same host.
 */
export function createGate(secret: string, token = randomBytes(32).toString('base64url')) {
  const isLoggedIn = ({ cookies }: Asked) => sameSecret(cookies[cookieName] ?? '', token)
  const hasSecret = ({ authorization = '' }: Asked) => sameSecret(authorization, `Bearer ${secret}`)

  return {
    /** Whether it may see what the node does. */
    isKnown: (asked: Asked): boolean => hasSecret(asked) || isLoggedIn(asked),
    /** Whether a request without the secret in its header may pass. A page of another origin may change nothing. */
    admits(asked: Asked): boolean {
      const { method, path } = asked
      if (path !== pagePath && !path.startsWith(`${pagePath}/`)) return false
      if (method !== 'GET') return isOwnOrigin(asked) && (path === loginPath || isLoggedIn(asked))
      return path === pagePath || isStatic(path) || isLoggedIn(asked)
    },
    /** Returns the cookie for whoever knows the secret. */
    cookieFor: (given: string): string | undefined =>
      sameSecret(given, secret)
        ? `${cookieName}=${token}; Path=${pagePath}; Max-Age=${loginHours * 3_600}; HttpOnly; SameSite=Strict`
        : undefined,
  }
}

/** They show nothing, and the form of the login needs the style. */
export const stylePath = `${pagePath}/style.css`
export const scriptPath = `${pagePath}/refresh.js`
const isStatic = (path: string) => path === stylePath || path === scriptPath

const isOwnOrigin = ({ host, origin }: Asked) => origin === `http://${host}` || origin === `https://${host}`
