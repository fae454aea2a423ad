import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../../../system/node/module.ts'
import { createWebServer } from '../../../system/node/web.ts'
import { silentLog as log } from '../../../system/platform/log.ts'

let folder: string
let web: FastifyInstance | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-web-test-'))
  mkdirSync(join(folder, 'client'))
})
afterEach(async () => {
  await web?.close()
  web = undefined
  rmSync(folder, { recursive: true })
})

const serve = async (apps: App[], bundleNames: string[] = []) => {
  web = await createWebServer({ apps, bundleNames, takeRequest: () => false, assets: join(folder, 'client'), log })
  return web
}
const page = (path: string): App => ({ routes: (scope) => void scope.get(path, async () => `this is ${path}`) })
const failing = (statusCode: number, message: string): App => ({
  routes: (scope) =>
    void scope.get('/failing', async () => {
      throw Object.assign(new Error(message), { statusCode })
    }),
})

describe('the web server of a node', () => {
  it('has the pages of all applications, and says that it is there', async () => {
    const server = await serve([page('/tank'), page('/pump'), {}])
    expect((await server.inject('/tank')).body).toBe('this is /tank')
    expect((await server.inject('/pump')).body).toBe('this is /pump')
    expect((await server.inject('/healthz')).json()).toEqual({ ok: true })
  })

  it('has nothing of the control port, such as the inspector (RT-75)', async () => {
    const server = await serve([page('/tank')])
    for (const path of ['/observer', '/observer/overview', '/observer/tree', '/observer/style.css', '/state'])
      expect((await server.inject({ url: path, headers: { authorization: 'Bearer any' } })).statusCode).toBe(404)
  })

  it('keeps the hooks of one application from the pages of another', async () => {
    const closed: App = {
      routes(scope) {
        scope.addHook('onRequest', async (_request, answer) => answer.code(403).send('closed'))
        scope.get('/vault', async () => 'open')
      },
    }
    const server = await serve([closed, page('/tank')])
    expect((await server.inject('/vault')).statusCode).toBe(403)
    expect((await server.inject('/tank')).statusCode).toBe(200)
  })

  it('refuses two applications with one page', async () => {
    await expect(serve([page('/tank'), page('/tank')])).rejects.toThrow("'GET' already declared for route '/tank'")
  })

  it('leaves requests for sockets alone', async () => {
    web = await createWebServer({
      apps: [page('/tank')],
      takeRequest: ({ url }, response) => url === '/tank' && Boolean(response.end('a socket')),
      assets: join(folder, 'client'),
      log,
    })
    expect((await web.inject('/tank')).body).toBe('a socket')
  })

  it('starts only when the bundles of its applications are built', async () => {
    await expect(serve([], ['tank'])).rejects.toThrow(
      /the pages are not built: expected .*tank\.js; run "npm run build"/,
    )
    writeFileSync(join(folder, 'client', 'tank.js'), 'let tank')
    const server = await serve([], ['tank'])
    for (const prefix of ['/assets', '/js', '/css'])
      expect((await server.inject(`${prefix}/tank.js`)).body).toBe('let tank')
  })
})

describe('an error page', () => {
  it.each([
    ['/nowhere', 404, 'There is no such page.'],
    ['/%E0%A4%A', 400, 'The request was not understood.'],
  ])('of %s is one of the node where no application has any', async (path, status, text) => {
    const answer = await (await serve([page('/tank')])).inject(path)
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8'])
    expect(answer.body).toContain(text)
  })

  it('is that of the first application that has one', async () => {
    const errorPage = (title: string) => `our own: ${title}`
    const server = await serve([page('/tank'), { errorPage }, { errorPage: () => 'another' }])
    expect((await server.inject('/nowhere')).body).toBe('our own: Not here')
  })

  it('shows nothing of the inside', async () => {
    const answer = await (await serve([failing(500, 'connect ECONNREFUSED')])).inject('/failing')
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('ECONNREFUSED')
  })

  it('runs no script that came with a message', async () => {
    const answer = await (await serve([failing(429, '<script>')])).inject('/failing')
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '60'])
    expect(answer.body).toContain('&lt;script&gt;')
  })
})
