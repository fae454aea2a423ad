import basicAuth from '@fastify/basic-auth'
import type { FastifyInstance } from 'fastify'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Log } from '../../../platform/log.ts'
import { sameSecret } from '../../../platform/same-secret.ts'
import type { Product } from '../catalog/product.ts'
import { adminPage } from './admin-page.ts'
import { errorPage, type ScriptOptions } from './layout.ts'

export interface AdminRoutes {
  user: string
  password: string
  /** Wrong passwords that one address may send per minute. */
  attemptsMax: number
  products(): readonly Product[] | undefined
  signAdminToken(): Promise<string>
  script: ScriptOptions
  log: Log
}

const windowS = 60

/** Becomes the response's status and text. */
class LoginRefused extends Error {
  readonly statusCode: number
  constructor(statusCode: number, message: string) {
    super(message)
    this.statusCode = statusCode
  }
}

/** `/admin`, behind the password (PA-31). */
export async function adminRoutes(pages: FastifyInstance, options: AdminRoutes) {
  const { user, password, attemptsMax, log } = options
  const limiter = new RateLimiterMemory({ points: attemptsMax, duration: windowS })

  /** Every attempt is counted before it is checked, so that parallel attempts cannot exceed the limit; a correct one is credited back. */
  async function validate(name: string, word: string, address: string) {
    await limiter.consume(address).catch((refusal: unknown) => {
      if (!(refusal instanceof RateLimiterRes)) throw refusal
      log.warn({ address }, 'admin: too many wrong passwords')
      throw new LoginRefused(429, 'Too many attempts. Wait a minute and try again.')
    })
    const [isUser, isPassword] = [sameSecret(name, user), sameSecret(word, password)]
    if (isUser && isPassword) return void (await limiter.reward(address, 1))
    log.warn({ address }, 'admin: wrong user or password')
    throw new LoginRefused(401, 'The user or the password is wrong.')
  }

  await pages.register(basicAuth, {
    validate: (name, word, request) => validate(name, word, request.ip),
    authenticate: { realm: 'Sneakers23 admin' },
    strictCredentials: false,
  })
  pages.get('/admin', { onRequest: pages.basicAuth }, async (_request, answer) => {
    const products = options.products()
    answer.header('cache-control', 'no-store').type('text/html; charset=utf-8')
    if (!products) return answer.code(503).send(errorPage('Back in a moment', 'The shop is starting.'))
    return adminPage({ products, adminToken: await options.signAdminToken(), script: options.script })
  })
}
