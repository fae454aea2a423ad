import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Endpoint } from '../../../system/channels/index.ts'
import type { App } from '../../../system/node/module.ts'
import { webPart } from '../../../system/node/web.ts'
import { systemClock as clock } from '../../../system/platform/clock.ts'
import { readConfig } from '../../../system/platform/config.ts'
import { silentLog as log } from '../../../system/platform/log.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-web-stop-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function start(work: Promise<string>, graceMs?: number) {
  let asked = () => {}
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve
  })
  const slow: App = {
    routes: (scope) =>
      void scope.get('/slow', () => {
        asked()
        return work
      }),
  }
  const port = await freePort()
  const config = readConfig({ PORT: String(port), CLIENT_ASSETS_DIR: folder })
  const endpoint = { isDraining: false, handle: () => false, attach: () => {} }
  const part = webPart({
    config,
    apps: [slow],
    endpoint: endpoint as unknown as Endpoint,
    bundleNames: [],
    log,
    clock,
    ...(graceMs !== undefined && { graceMs }),
  })
  await part.start?.()
  const url = `http://127.0.0.1:${port}`
  return { endpoint, part, url, isAsked }
}

/** Resolves when the port takes no connections any more. */
async function refuses(url: string) {
  while (
    await fetch(`${url}/healthz`).then(
      ({ status }) => status,
      () => undefined,
    )
  );
}

it('answers the requests that are under way before it stops (RT-13)', async () => {
  let finish = (_text: string) => {}
  const node = await start(
    new Promise((resolve) => {
      finish = resolve
    }),
  )
  const answer = fetch(`${node.url}/slow`)
  await node.isAsked
  const stopped = node.part.stop?.()
  await refuses(node.url)
  finish('done')
  expect(await (await answer).text()).toBe('done')
  await stopped
})

it('does not wait for a request that never ends', async () => {
  const node = await start(new Promise(() => {}), 50)
  const answer = fetch(`${node.url}/slow`).then(
    () => 'answered',
    () => 'cut off',
  )
  await node.isAsked
  await node.part.stop?.()
  expect(await answer).toBe('cut off')
})

it('tells a balancer that it drains', async () => {
  const node = await start(Promise.resolve(''))
  expect((await fetch(`${node.url}/healthz`)).status).toBe(200)
  node.endpoint.isDraining = true
  const answer = await fetch(`${node.url}/healthz`)
  expect([answer.status, await answer.json()]).toEqual([503, { ok: false, draining: true }])
  await node.part.stop?.()
})
