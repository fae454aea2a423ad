import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { parseArgs } from 'node:util'
import { createEndpoint } from '../../../system/channels/index.ts'
import { createLive, createSessionTokens, html, renderToString } from '../../../system/live/index.ts'
import { systemClock as clock } from '../../../system/platform/clock.ts'
import { createLog } from '../../../system/platform/log.ts'
import { createPubSub } from '../../../system/pubsub/index.ts'
import { createRuntime } from '../../../system/runtime/index.ts'
import { liveSessions, otherPages } from './sessions.ts'
import { announceStock } from './views/products.ts'
import { createWebSessions, type WebSession } from './web-session.ts'

/**
 * The application that the recorded conversations talk to, on the public API of live pages:
 * `node test/compat/live/server.ts --port 4000` prints `ready`.
 */
const { values } = parseArgs({ options: { port: { type: 'string', default: process.env.PORT ?? '4000' } } })
const nodeName = 'live@127.0.0.1'
const log = createLog({ level: process.env.LOG_LEVEL ?? 'silent', node: nodeName })
const runtime = createRuntime({ clock, log })
const pubsub = createPubSub({ nodeName, log })
const secret = 'a secret that only this test application uses, with enough bytes'
const salt = 'a signing salt of thirty-two characters or more'
const webSessions = createWebSessions({ secret, clock })

const live = createLive({
  secret,
  salt,
  clock,
  log,
  sessions: liveSessions({ pubsub, clock, csrfTokenOf: ({ csrfSecret }) => webSessions.csrfToken(csrfSecret) }),
  otherPages,
  socketOptions: { checkOrigin: ['//127.0.0.1', '//localhost'] },
})

const endpoint = createEndpoint({
  runtime,
  pubsub,
  clock,
  log,
  sockets: [live.socket],
  readSession: webSessions.ofSocket,
})

type Page = Extract<Awaited<ReturnType<typeof live.page>>, { kind: 'page' }>

const documentOf = ({ content, title }: Page, csrfToken: string) => `<!DOCTYPE html>
${renderToString(html`<html lang="en">
  <head>
    <meta name="csrf-token" content=${csrfToken}>
    <title data-default="Oracle" data-suffix=" | Oracle">${title || 'Oracle'} | Oracle</title>
    <link phx-track-static rel="stylesheet" href="/assets/app.css">
  </head>
  <body>${content}</body>
</html>`)}`

const htmlType = { 'content-type': 'text/html; charset=utf-8' }

async function answerPage(url: URL, request: IncomingMessage, response: ServerResponse) {
  const before = await webSessions.open(request.headers.cookie)
  const session = withStart(before, url.searchParams.get('start'))
  const { flash = {}, ...webSession } = session
  const page = await live.page(url.href, { webSession, flash })
  if (!page) return void response.writeHead(404).end()
  const after = page.kind === 'redirect' ? withFlash(webSession, page.flash) : webSession
  response.setHeader('set-cookie', await webSessions.cookieFor(after))
  if (page.kind === 'redirect') response.writeHead(page.status, { ...htmlType, location: page.to }).end()
  else response.writeHead(200, htmlType).end(documentOf(page, webSessions.csrfToken(session.csrfSecret)))
}

const withStart = (session: WebSession, start: string | null): WebSession =>
  start !== null && /^-?\d+$/.test(start) ? { ...session, count: Number(start) } : session

const withFlash = (session: WebSession, flash: NonNullable<WebSession['flash']>): WebSession =>
  Object.keys(flash).length === 0 ? session : { ...session, flash }

/** A token with the same content, signed as if it had been made some seconds ago. */
function agedToken(query: URLSearchParams): string {
  const ageMs = Number(query.get('age')) * 1_000
  const content = createSessionTokens({ secret, salt, clock }).read(query.get('token'))
  if (!content) throw new Error('this is no token of a live page')
  return createSessionTokens({ secret, salt, clock: { now: () => clock.now() - ageMs } }).sign(content)
}

function answerHelper({ pathname, searchParams }: URL): string | undefined {
  if (pathname === '/helper/age') return agedToken(searchParams)
  if (pathname !== '/helper/stock') return undefined
  announceStock(pubsub, Number(searchParams.get('id')), Number(searchParams.get('n')))
  return 'ok'
}

async function answer(request: IncomingMessage, response: ServerResponse) {
  const url = URL.parse(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`)
  if (!url || request.method !== 'GET') return void response.writeHead(400).end()
  const helped = answerHelper(url)
  if (helped === undefined) return answerPage(url, request, response)
  response.writeHead(200, { 'content-type': 'text/plain' }).end(helped)
}

const server = createServer((request, response) => {
  if (endpoint.handle(request, response)) return
  answer(request, response).catch((error) => {
    log.error({ err: error }, 'a page failed')
    response.writeHead(500).end()
  })
})

async function stopServer() {
  await endpoint.drain()
  server.close()
  server.closeAllConnections()
  process.exit(0)
}

endpoint.attach(server)
process.once('SIGTERM', () => void stopServer())
server.listen(Number(values.port), '127.0.0.1', () => console.log('ready'))
