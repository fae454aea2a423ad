import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noteRunning } from '../../../harness/observe/running.ts'
import { actor, actorPage, overview, tree } from '../observe/sample.ts'
import { squall } from './support.ts'

let folder: string
let control: FastifyInstance
let url: string
let loops: number[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'squall-observe-test-'))
  loops = []
  control = fastify()
  control.addHook('onRequest', async ({ headers }, answer) =>
    headers.authorization === 'Bearer right' ? undefined : answer.code(401).send({ error: 'no' }),
  )
  control.get('/observer/overview', async () => overview)
  control.get('/observer/actors', async () => actorPage([actor(12, { name: 'Inventory' })], { total: 300 }))
  control.get('/observer/tree', async () => tree)
  control.get('/observer/network', async () => ({ connections: [], peers: {}, sent: {} }))
  control.get('/observer/tables', async () => ({ tables: [] }))
  control.get('/observer/system', async () => ({ node: 'n1' }))
  control.post('/workloads/looping-actors', async ({ body }) => {
    loops.push((body as { count: number }).count)
    return {}
  })
  url = await control.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  await control.close()
  rmSync(folder, { recursive: true })
})

const observe = (words: string[], env: Record<string, string> = {}) =>
  squall(['observe', ...words], { env: { TMPDIR: folder, ...env } })
const secret = { CONTROL_SECRET: 'right' }

describe('squall observe', () => {
  it('prints one snapshot where there is no terminal, and says so', async () => {
    const { code, out, err } = await observe(['--control', url], secret)
    expect(code).toBe(0)
    expect(out).toContain('Inventory')
    expect(out).toContain('... and 299 more actors')
    expect(err).toBe(
      'squall: this is no terminal, so here is one snapshot; in a terminal the inspector goes on and takes keys\n',
    )
  })

  it('prints one JSON document and nothing else', async () => {
    const { out, err } = await observe(['--control', url, '--json'], secret)
    expect(JSON.parse(out)).toMatchObject({ overview: { node: 'n1' }, actors: { total: 300 }, tree: { name: 'n1' } })
    expect(err).toBe('')
  })

  it('finds the nodes of a running "squall up"', async () => {
    const running = mkdtempSync(join(folder, 'squall-'))
    noteRunning(running, { pid: process.pid, controlSecret: 'right', nodes: [{ name: 'n2', control: url }] })
    expect((await observe(['n2'])).out).toContain('Inventory')
    expect((await observe([])).out).toContain('Inventory')
    const { code, err } = await observe(['n3'])
    expect([code, err]).toEqual([64, 'squall: there is no node n3, did you mean n2?; there are n2\n'])
  })

  it('ends the loops of a demonstration that it began (RT-74)', async () => {
    expect((await observe(['--control', url, '--loops', '2'], secret)).code).toBe(0)
    expect(loops).toEqual([2, 0])
  })

  it.each([
    [[], {}, 69, 'found no cluster of "squall up" that runs here'],
    [['--control', 'nonsense'], secret, 64, 'takes an address such as http://127.0.0.1:4100; got "nonsense"'],
    [['--control', 'URL'], {}, 64, 'needs the secret of the node in the variable CONTROL_SECRET'],
    [['n1', '--control', 'URL'], secret, 64, 'leave out "n1"'],
    [['--control', 'URL'], { CONTROL_SECRET: 'wrong' }, 69, 'refuses the secret'],
    [['--control', 'URL/elsewhere'], secret, 69, 'has no inspector'],
    [['--control', 'http://127.0.0.1:1'], secret, 69, 'cannot look into http://127.0.0.1:1'],
  ])('%j with %j ends with %i and one sentence', async (words, env, expected, sentence) => {
    const { code, err } = await observe(
      words.map((word) => word.replace('URL', url)),
      env,
    )
    expect(code).toBe(expected)
    expect(err).toContain(sentence)
    expect(err.trim().split('\n')).toHaveLength(1)
  })
})
