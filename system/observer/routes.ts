import { parseCookie } from 'cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type ListQuery, sortKeys } from './actor-list.ts'
import { refreshScript } from './client/script.ts'
import { type Asked, createGate, loginPath, pagePath, scriptPath, stylePath } from './gate.ts'
import type { Killed, Observer } from './observer.ts'
import { loginPage, pageOf, type ViewName, views } from './page/layout.ts'
import { style } from './page/style.ts'
import { actorOf, actorsOf, headerOf, loadOf, networkOf, systemOf, tablesOf, treeViewOf } from './page/views.ts'

const rowsDefault = 20
const rowsMax = 200

const listShape = z.object({
  sort: z.enum(sortKeys).catch('work'),
  page: z.coerce.number().int().min(1).catch(1),
  rows: z.coerce.number().int().min(1).max(rowsMax).catch(rowsDefault),
})
const detailShape = z.object({ id: z.string(), fields: z.string().default('') })
const killShape = z.object({ id: z.string().min(1) })
const loginShape = z.object({ secret: z.string().max(1_024) })
const noticeShape = z.object({ killed: z.string().optional(), name: z.string().optional(), now: z.string().optional() })
const viewShape = z.object({
  view: z.enum([...(Object.keys(views) as [ViewName, ...ViewName[]]), 'actor']).catch('actors'),
  id: z.string().catch(''),
})

const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  // Not "no-referrer": a browser would then send its own forms with the origin "null".
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
}

interface Options {
  node: string
  secret: string
  observer(): Observer
}

/** The routes of the inspector on the control port, and who may use them without the secret in a header (RT-70, RT-75, RT-76). */
export function observerRoutes({ node, secret, observer }: Options) {
  const gate = createGate(secret)

  /** Every request counts as somebody who looks, so the node measures from now on. */
  function attended(): Observer {
    const current = observer()
    current.attend()
    return current
  }

  async function kill(body: unknown): Promise<Killed> {
    const parsed = killShape.safeParse(body ?? {})
    if (!parsed.success) throw withStatus(400, 'id: expected the id of an actor')
    const killed = await attended().kill(parsed.data.id)
    if (!killed) throw withStatus(404, `there is no actor ${parsed.data.id}`)
    return killed
  }

  function serveQuestions(server: FastifyInstance) {
    server.get(`${pagePath}/overview`, async () => attended().overview())
    server.get(`${pagePath}/actors`, async ({ query }) => attended().actors(listShape.parse(query)))
    server.get(`${pagePath}/actor`, async ({ query }) => {
      const { id, fields } = detailShape.parse(query)
      const detail = attended().detail(id, fields.split(',').filter(Boolean))
      if (!detail) throw withStatus(404, `there is no actor ${id}`)
      return detail
    })
    server.get(`${pagePath}/tree`, async () => attended().tree())
    server.get(`${pagePath}/network`, async () => attended().network())
    server.get(`${pagePath}/tables`, async () => ({ tables: attended().tables() }))
    server.get(`${pagePath}/system`, async () => attended().system())
  }

  function servePage(server: FastifyInstance) {
    const files = { [stylePath]: ['text/css', style], [scriptPath]: ['text/javascript', refreshScript] } as const
    for (const [path, [type, text]] of Object.entries(files))
      server.get(path, async (_request, answer) =>
        answer.headers(securityHeaders).type(`${type}; charset=utf-8`).send(text),
      )
    server.get(pagePath, async (request, answer) =>
      sendHtml(answer, gate.isKnown(askedBy(request)) ? pageFor(request.query) : loginPage(node, false)),
    )
    server.post(loginPath, async ({ body }, answer) => {
      const given = loginShape.safeParse(body)
      const cookie = given.success ? gate.cookieFor(given.data.secret) : undefined
      if (cookie === undefined) return sendHtml(answer.code(403), loginPage(node, true))
      return answer.header('set-cookie', cookie).redirect(pagePath, 303)
    })
  }

  function pageFor(query: unknown): string {
    const current = attended()
    const { view, id } = viewShape.parse(query)
    const overview = current.overview()
    const bodies: Record<ViewName | 'actor', () => string> = {
      actors: () => actorsOf(current.actors(listShape.parse(query) satisfies ListQuery)),
      actor: () => actorPage(current, id),
      tree: () => treeViewOf(current.tree()),
      load: () => loadOf(overview),
      network: () => networkOf(current.network()),
      tables: () => tablesOf(current.tables()),
      system: () => systemOf(current.system()),
    }
    return pageOf({ node, view, header: headerOf(overview), body: bodies[view](), notice: noticeOf(query) })
  }

  return {
    admits: (request: FastifyRequest): boolean => gate.admits(askedBy(request)),
    register(server: FastifyInstance) {
      // Forms of the page.
      server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
        done(null, Object.fromEntries(new URLSearchParams(String(body)))),
      )
      serveQuestions(server)
      servePage(server)
      server.post(`${pagePath}/kill`, async (request, answer) => {
        const killed = await kill(request.body)
        if (!isForm(request)) return killed
        const { killedId, name, successorId = '' } = killed
        const query = new URLSearchParams({ view: 'tree', killed: killedId, name, now: successorId })
        return answer.redirect(`${pagePath}?${query}`, 303)
      })
    },
  }
}

const isForm = ({ headers }: FastifyRequest) =>
  headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true

const sendHtml = (answer: FastifyReply, html: string) =>
  answer.headers(securityHeaders).type('text/html; charset=utf-8').send(html)

const askedBy = ({ method, url, headers }: FastifyRequest): Asked => ({
  method,
  path: url.split('?', 1)[0]!,
  host: headers.host,
  origin: headers.origin,
  authorization: headers.authorization,
  cookies: parseCookie(headers.cookie ?? ''),
})

const withStatus = (statusCode: number, message: string) => Object.assign(new Error(message), { statusCode })

function actorPage(observer: Observer, id: string): string {
  const detail = observer.detail(id, ['all'])
  if (detail) return actorOf(detail)
  return '<section><p>This actor has ended. The tree shows who has taken its place.</p></section>'
}

/** The sentence about a kill that the page asked for. */
export function noticeOf(query: unknown): string | undefined {
  const { killed, name = killed, now } = noticeShape.parse(query)
  if (killed === undefined) return undefined
  const after = now ? `${now} has taken its place` : 'nobody has taken its place yet'
  return `Killed ${name} (${killed}): ${after}.`
}
