import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from './bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
  await bench.call('POST', '/proxies', { name: 'off', listen: '127.0.0.1:0', upstream: 'there:1', enabled: false })
  await bench.toxic({ type: 'latency', attributes: { latency: 5 } })
})
afterAll(() => bench.close())

const toxicsPath = '/proxies/echo/toxics'
const refusal = (status: number, error: string) => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: { error, status },
})

/** Recorded from the original, version 2.12: method, path, body, status and what is said. */
const refusals: [string, string, unknown, number, string][] = [
  ['POST', '/proxies', '', 400, 'bad request body: EOF'],
  ['POST', '/proxies', '{', 400, 'bad request body: unexpected EOF'],
  ['POST', '/proxies', 'null', 400, 'missing required field: name'],
  ['POST', '/proxies', {}, 400, 'missing required field: name'],
  ['POST', '/proxies', { name: 'x' }, 400, 'missing required field: upstream'],
  ['POST', '/proxies', { name: 'x', upstream: '' }, 400, 'missing required field: upstream'],
  ['POST', '/proxies', { name: 'echo', upstream: 'x:1' }, 409, 'proxy already exists'],
  [
    'POST',
    '/proxies',
    { name: 'x', upstream: 'x:1', listen: 'nocolon' },
    500,
    'listen tcp: address nocolon: missing port in address',
  ],
  [
    'POST',
    '/proxies',
    { name: 'x', upstream: 'x:1', listen: '::1:80' },
    500,
    'listen tcp: address ::1:80: too many colons in address',
  ],
  [
    'POST',
    '/proxies',
    { name: 'x', upstream: 'x:1', listen: '127.0.0.1:99999' },
    500,
    'listen tcp: address 99999: invalid port',
  ],
  [
    'POST',
    '/proxies',
    { name: 'x', upstream: 'x:1', listen: '127.0.0.1:nosuch' },
    500,
    'listen tcp: lookup tcp/nosuch: unknown port',
  ],
  ['GET', '/proxies/none', undefined, 404, 'proxy not found'],
  ['POST', '/proxies/none', '{', 404, 'proxy not found'],
  ['PATCH', '/proxies/none', {}, 404, 'proxy not found'],
  ['DELETE', '/proxies/none', undefined, 404, 'proxy not found'],
  ['POST', '/proxies/echo', '', 400, 'bad request body: EOF'],
  ['POST', '/proxies/echo', { listen: 'nocolon' }, 500, 'address nocolon: missing port in address'],
  ['GET', '/proxies/none/toxics', undefined, 404, 'proxy not found'],
  ['POST', '/proxies/none/toxics', '{', 404, 'proxy not found'],
  ['POST', toxicsPath, {}, 400, 'invalid toxic type'],
  ['POST', toxicsPath, { type: 'nope' }, 400, 'invalid toxic type'],
  ['POST', toxicsPath, { type: 'constructor' }, 400, 'invalid toxic type'],
  [
    'POST',
    toxicsPath,
    { type: 'latency', stream: 'side' },
    400,
    'stream was invalid, can be either upstream or downstream',
  ],
  ['POST', toxicsPath, { type: 'nope', stream: '' }, 400, 'stream was invalid, can be either upstream or downstream'],
  ['POST', toxicsPath, { type: 'latency' }, 409, 'toxic already exists'],
  ['POST', toxicsPath, { type: 'noop', name: 'latency_downstream', stream: 'upstream' }, 409, 'toxic already exists'],
  ['GET', `${toxicsPath}/none`, undefined, 404, 'toxic not found'],
  ['POST', `${toxicsPath}/none`, '{', 404, 'toxic not found'],
  ['DELETE', `${toxicsPath}/none`, undefined, 404, 'toxic not found'],
  ['DELETE', '/proxies/none/toxics/none', undefined, 404, 'proxy not found'],
]

describe('the API refuses', () => {
  it.each(refusals)('%s %s %j with %i: %s', async (method, path, body, status, error) => {
    expect(await bench.call(method, path, body)).toEqual(refusal(status, error))
  })

  it.each([
    ['/proxies', { name: 5 }],
    ['/proxies', { name: 'x', upstream: 'x:1', enabled: 'yes' }],
    ['/proxies', []],
    [toxicsPath, { type: 5 }],
    [toxicsPath, { type: 'noop', toxicity: 'x' }],
    [toxicsPath, { type: 'noop', attributes: 5 }],
    [toxicsPath, { type: 'bandwidth', attributes: { rate: 'x' } }],
    [toxicsPath, { type: 'bandwidth', attributes: { rate: 1.5 } }],
  ])('a wrong type: %s %j', async (path, body) => {
    const { status, body: answer } = await bench.call('POST', path, body)
    expect(status).toBe(400)
    expect(answer.error).toMatch(/^bad request body: /)
  })

  it('a taken port, and leaves no proxy behind', async () => {
    const listen = `127.0.0.1:${bench.port}`
    const reply = await bench.call('POST', '/proxies', { name: 'taken', upstream: 'x:1', listen })
    expect(reply).toEqual(refusal(500, `listen tcp ${listen}: bind: address already in use`))
    expect((await bench.call('GET', '/proxies/taken')).status).toBe(404)
  })

  it('a bad address for a proxy that runs, and leaves it running', async () => {
    await bench.call('POST', '/proxies/echo', { listen: 'nocolon' })
    const { body } = await bench.call('GET', '/proxies/echo')
    expect(body).toMatchObject({ listen: `127.0.0.1:${bench.port}`, enabled: true })
  })

  it('a browser', async () => {
    const { status, body } = await bench.call('GET', '/version', undefined, { 'user-agent': 'Mozilla/5.0' })
    expect({ status, body }).toEqual({ status: 403, body: 'User agent not allowed\n' })
  })

  it.each([
    ['GET', '/', 404],
    ['GET', '/proxies/', 404],
    ['GET', '/proxies/echo/toxics/a/b', 404],
    ['GET', '/proxies/echo/toxics/a%2Fb', 404],
    ['PUT', '/proxies', 405],
    ['DELETE', '/proxies', 405],
    ['PATCH', toxicsPath, 405],
    ['GET', '/reset', 405],
    ['GET', '/populate', 405],
    ['GET', '/proxies/%zz', 400],
  ])('%s %s with %i', async (method, path, status) => {
    expect((await bench.call(method, path)).status).toBe(status)
  })
})

describe('the API answers', () => {
  it.each([
    ['//proxies', '/proxies'],
    ['/proxies//echo', '/proxies/echo'],
    ['/proxies//n1-%3En2', '/proxies/n1-%3En2'],
  ])('%s with a redirect to %s', async (path, location) => {
    const response = await fetch(bench.apiUrl + path, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([301, location])
    expect((await bench.call('GET', '//proxies')).body).toHaveProperty('echo')
  })

  it('an address without a port with any free port', async () => {
    const { body } = await bench.call('POST', '/proxies', { name: 'any', listen: '127.0.0.1:', upstream: 'x:1' })
    expect(body.listen).toMatch(/^127\.0\.0\.1:\d+$/)
    await bench.call('DELETE', '/proxies/any')
  })

  it('a whole number that is written with a fraction as that number', async () => {
    const { body } = await bench.call(
      'POST',
      toxicsPath,
      '{"type":"latency","name":"float","attributes":{"latency":1000.0}}',
    )
    expect(body).toMatchObject({ attributes: { latency: 1_000 } })
    await bench.remove('float')
  })

  it('its version', async () => {
    expect(await bench.call('GET', '/version')).toEqual({
      status: 200,
      type: 'application/json;charset=utf-8',
      body: { version: '2.12.0' },
    })
  })

  it('a proxy that is off with the address that was asked for', async () => {
    expect((await bench.call('GET', '/proxies/off')).body).toEqual({
      name: 'off',
      listen: '127.0.0.1:0',
      upstream: 'there:1',
      enabled: false,
      toxics: [],
    })
  })

  it('all proxies, by name', async () => {
    expect(Object.keys((await bench.call('GET', '/proxies')).body)).toEqual(['echo', 'off'])
  })

  it('a new toxic with everything that was left out', async () => {
    expect(await bench.toxic({ type: 'bandwidth', attributes: { rate: 7, unknown: 'x' } })).toEqual({
      status: 200,
      type: 'application/json',
      body: {
        attributes: { rate: 7 },
        name: 'bandwidth_downstream',
        type: 'bandwidth',
        stream: 'downstream',
        toxicity: 1,
      },
    })
    expect((await bench.remove('bandwidth_downstream')).status).toBe(204)
  })

  it('keys in any case, null for absent, and whatever follows the first value', async () => {
    const { body } = await bench.call(
      'POST',
      toxicsPath,
      '{"TYPE":"noop","stream":"UpStream","toxicity":null} and more',
    )
    expect(body).toMatchObject({ name: 'noop_UpStream', stream: 'UpStream', toxicity: 1 })
    await bench.remove('noop_UpStream')
  })

  it.each(['POST', 'PATCH'])('%s of a part of a toxic changes that part only', async (method) => {
    await bench.toxic({ type: 'slicer', name: 's', attributes: { average_size: 5, delay: 3 } })
    const path = `${toxicsPath}/s`
    await bench.call(method, path, { toxicity: 0.5 })
    const { body } = await bench.call(method, path, { name: 'new', type: 'noop', attributes: { delay: 9 } })
    const attributes = { average_size: 5, size_variation: 0, delay: 9 }
    expect(body).toEqual({ attributes, name: 's', type: 'slicer', stream: 'downstream', toxicity: 0.5 })
    expect((await bench.call('GET', path)).body).toEqual(body)
    await bench.remove('s')
  })

  it('toxics with the upstream ones first', async () => {
    await bench.toxic({ type: 'noop', stream: 'upstream' })
    const names = (await bench.call('GET', toxicsPath)).body.map(({ name }: { name: string }) => name)
    expect(names).toEqual(['noop_upstream', 'latency_downstream'])
    await bench.remove('noop_upstream')
  })

  it('a proxy that moves to another free port', async () => {
    const spec = { name: 'mover', listen: '127.0.0.1:0', upstream: 'x:1' }
    const before = (await bench.call('POST', '/proxies', spec)).body.listen
    const { body } = await bench.call('PATCH', '/proxies/mover', { listen: '127.0.0.1:0', upstream: 'y:2' })
    expect(body).toMatchObject({ upstream: 'y:2', enabled: true })
    expect(body.listen).not.toBe(before)
    expect((await bench.call('DELETE', '/proxies/mover')).status).toBe(204)
  })

  it('a host name with the number that it stands for', async () => {
    const spec = { name: 'local', listen: 'localhost:0', upstream: 'x:1' }
    expect((await bench.call('POST', '/proxies', spec)).body.listen).toMatch(/^127\.0\.0\.1:\d+$/)
    await bench.call('DELETE', '/proxies/local')
  })
})

describe('populate and reset', () => {
  const spec = (name: string, more: object = {}) => ({ name, listen: '127.0.0.1:0', upstream: 'x:1', ...more })
  const populate = async (specs: unknown) => {
    const { status, body } = await bench.call('POST', '/populate', specs)
    return { status, ...body }
  }

  it('opens all, on unless said otherwise', async () => {
    const { status, proxies } = await populate([spec('p1'), spec('p2', { enabled: false })])
    expect(status).toBe(201)
    expect(proxies.map(({ name, enabled }: { name: string; enabled: boolean }) => [name, enabled])).toEqual([
      ['p1', true],
      ['p2', false],
    ])
  })

  it('keeps a proxy that has these addresses already, with its toxics', async () => {
    const { listen } = (await bench.call('GET', '/proxies/p1')).body
    await bench.call('POST', '/proxies/p1/toxics', { type: 'noop' })
    expect((await populate([spec('p1', { listen })])).proxies[0].toxics).toHaveLength(1)
    expect((await populate([spec('p1', { listen, upstream: 'z:9' })])).proxies[0]).toMatchObject({ listen, toxics: [] })
  })

  it('opens none when one is incomplete, and says which', async () => {
    const error = 'missing required field: upstream at proxy 2'
    expect(await populate([spec('q1'), { name: 'q2' }])).toEqual({ status: 400, error, proxies: null })
    expect((await bench.call('GET', '/proxies/q1')).status).toBe(404)
  })

  it('stops at one that cannot be opened, and keeps those before it', async () => {
    const { status, proxies, error } = await populate([spec('r1'), spec('r2', { listen: 'nocolon' }), spec('r3')])
    expect({ status, error }).toEqual({ status: 500, error: 'listen tcp: address nocolon: missing port in address' })
    expect(proxies).toHaveLength(1)
    expect((await bench.call('GET', '/proxies/r3')).status).toBe(404)
  })

  it.each([['[]'], ['null']])('has nothing to do for %s', async (body) => {
    expect(await populate(body)).toEqual({ status: 201, proxies: null })
  })

  it('resets to proxies that are on and clean', async () => {
    expect((await bench.call('POST', '/reset')).status).toBe(204)
    const proxies = Object.values<{ enabled: boolean; toxics: [] }>((await bench.call('GET', '/proxies')).body)
    expect(proxies.every(({ enabled, toxics }) => enabled && toxics.length === 0)).toBe(true)
  })
})
