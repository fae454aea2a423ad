import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isNotOffered } from '../../../harness/cluster/control-client.ts'
import { controlOf, requireSupported } from '../../../harness/cluster/remote/driver.ts'
import { unpatched } from '../../../harness/cluster/system-patch.ts'

describe('an answer of a control port that is not ours', () => {
  it.each([
    ['a page that says 404', 404, undefined, undefined],
    ['an error of a framework', 404, { error: 'Not Found' }, { topic: 'ping' }],
    ['our own words for no route', 404, { error: 'no route POST /delay' }, { handler: 'PingChannel.ping' }],
    ['a method that it does not allow', 405, undefined, { forMs: 10 }],
    ['what it has not built', 501, { error: 'later' }, { forMs: 10 }],
  ])('says that it is not offered: %s', (_what, status, answer, asked) => {
    expect(isNotOffered(status, answer, asked)).toBe(true)
  })

  it.each([
    ['what was asked for is not there', 404, { error: 'nobody here has joined ping' }, { topic: 'ping' }],
    ['the actor has gone', 404, { error: 'there is no actor 17' }, { id: '17' }],
    ['the body is wrong', 400, { error: 'expected an id or a name' }, {}],
    ['it failed', 500, undefined, {}],
    ['it worked', 200, { ok: true }, {}],
  ])('says something else: %s', (_what, status, answer, asked) => {
    expect(isNotOffered(status, answer, asked)).toBe(false)
  })
})

const one = { url: 'http://127.0.0.1:1', commands: {} }
const target = { nodes: [one], apps: {}, promises: { longPolls: true } }

describe('of several reasons to skip a scenario, the one is given that says most', () => {
  const everything = {
    nodes: 3,
    neededApps: ['store'],
    promised: ['binary'] as const,
    env: { A_SETTING: '1' },
    nodesWithoutWeb: ['n2'],
    pubsub: 'redis' as const,
    patch: unpatched,
  }
  const { neededApps: _apps, ...withoutApps } = everything
  const { promised: _promised, ...withoutPromises } = withoutApps
  const { pubsub: _pubsub, nodesWithoutWeb: _nodesWithoutWeb, env: _env, ...nodesOnly } = withoutPromises
  it.each([
    [everything, 'the scenario needs the application store, and the target has none'],
    [withoutApps, 'the scenario is about binary, which the target does not promise'],
    [withoutPromises, 'the scenario needs nodes that talk through Redis'],
    [nodesOnly, 'the scenario needs 3 nodes, and the target has 1'],
  ])('%#', (options, why) => {
    expect(() => requireSupported(target, options)).toThrow(why)
  })

  it('and none where nothing is missing', () => {
    const speedups = { fasterEnv: { A_SETTING: '1' }, promised: ['longPolls'] as const }
    expect(() => requireSupported(target, { nodes: 1, ...speedups })).not.toThrow()
  })
})

describe('a control port without /health and /ready', () => {
  let server: Server
  let url = ''
  beforeAll(async () => {
    server = createServer((_, response) => response.writeHead(404).end('Not Found'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())

  const nodeAt = (web: string) => ({
    nodes: [{ url: web, name: 'hello@lab', control: { url, secret: 'x' }, commands: {} }],
  })

  it('belongs to a node that is there, and ready, as soon as it answers HTTP', async () => {
    const control = controlOf(nodeAt(url), 0)
    expect(await control.health()).toMatchObject({ node: 'hello@lab' })
    expect(await control.ready()).toEqual({ ready: true })
  })

  it('says nothing of a node that does not answer', async () => {
    const control = controlOf(nodeAt('http://127.0.0.1:9'), 0)
    await expect(control.health()).rejects.toThrow()
    await expect(control.ready()).rejects.toThrow()
  })
})
